package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole application, with its broker, as a user without rights where everything but one folder
 * for temporary files is mounted read-only. Needs root, to set that up.
 */
class ReadOnlyInstallationTest {
  private static final String USER = "10001";

  @TempDir Path folder;

  @BeforeEach
  void needsAMountNamespace() throws Exception {
    boolean possible;
    try {
      Process process =
          new ProcessBuilder("unshare", "--mount", "setpriv", "--reuid", USER, "true").start();
      possible = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      possible = false;
    }
    assumeTrue(possible, "skipped: no root here, or no unshare and setpriv");
  }

  @Test
  void shouldWriteNothingButTemporaryFiles() throws Exception {
    try (TurnwiseProcess demo = start("exec")) {
      assertEquals(0, demo.exitCode(), demo.output());
      assertTrue(demo.output().contains("\"speaker\""), demo.output());
    }
  }

  @Test
  void shouldSayWhatToDoWhenItsLibraryMayNotBeLoaded() throws Exception {
    try (TurnwiseProcess demo = start("noexec")) {
      assertEquals(1, demo.exitCode(), demo.output());
      assertTrue(demo.output().contains("-Djava.io.tmpdir"), demo.output());
    }
  }

  private TurnwiseProcess start(String option) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<Path> classPath = copiedClassPath();
    Path root = Path.of(System.getProperty("turnwise.root", ".."));
    Path home = folder.resolve("home");
    copy(root.resolve("models"), home.resolve("models"));
    copy(root.resolve("samples"), home.resolve("samples"));
    String setUp =
        "mount -t tmpfs -o mode=1777,size=512m,"
            + option
            + " tmpfs \"$0\" && mount -o remount,bind,ro / && cd / && exec setpriv --reuid "
            + USER
            + " --regid "
            + USER
            + " --clear-groups --no-new-privs --bounding-set=-all \"$@\"";
    return TurnwiseProcess.start(
        folder,
        classPath,
        home,
        List.of("unshare", "--mount", "sh", "-c", setUp, temporary.toString()),
        List.of("-Djava.io.tmpdir=" + temporary, "-XX:TieredStopAtLevel=1"),
        Map.of("HOME", "/nowhere"),
        "demo",
        "--speed",
        "max",
        "--json");
  }

  /** The user may not read the folders of whoever runs the tests. */
  private List<Path> copiedClassPath() throws IOException {
    List<Path> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        Path to = folder.resolve("lib").resolve(copies.size() + "-" + from.getFileName());
        copy(from, to);
        copies.add(to);
      }
    }
    return copies;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        if (Files.isRegularFile(file)) {
          Files.copy(file, copy);
        } else {
          Files.createDirectories(copy);
        }
      }
    }
  }
}
