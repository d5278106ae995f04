package io.turnwise.app.faults;

import io.turnwise.app.Installation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** Command lines of JVMs that run what this JVM has on its class path. */
final class JavaProgram {
  private final String classPath;

  private JavaProgram(String classPath) {
    this.classPath = classPath;
  }

  /**
   * @param folder where a jar may be written that stands for a long class path: ONNX Runtime's
   *     native library ends a JVM whose {@code -cp} is very long
   */
  static JavaProgram ofThisJvm(Path folder) {
    String own = System.getProperty("java.class.path");
    List<Path> entries =
        Arrays.stream(own.split(java.io.File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath())
            .toList();
    if (entries.size() == 1) {
      return new JavaProgram(entries.get(0).toString());
    }
    Path jar = folder.resolve("classpath.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            entries.stream()
                .map(entry -> entry.toUri().toString())
                .collect(Collectors.joining(" ")));
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.finish();
    } catch (IOException e) {
      throw new IllegalStateException(jar + " cannot be written: " + e.getMessage(), e);
    }
    return new JavaProgram(jar.toString());
  }

  /** The command line that runs a class with little memory. */
  List<String> command(String main, int heapMegabytes, List<String> options, List<String> args) {
    List<String> command = jvm(heapMegabytes);
    command.add("-Dturnwise.home=" + Installation.home().toAbsolutePath());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(args);
    return command;
  }

  /** The command line that runs another program's jar. */
  static List<String> jar(Path jar, int heapMegabytes, List<String> options) {
    List<String> command = jvm(heapMegabytes);
    command.addAll(options);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  private static List<String> jvm(int heapMegabytes) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    // Most of them live for a minute, too short for the second compiler to pay for itself.
    command.add("-XX:TieredStopAtLevel=1");
    return command;
  }
}
