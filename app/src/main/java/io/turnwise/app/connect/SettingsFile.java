package io.turnwise.app.connect;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a properties file, in UTF-8. Values may refer to secrets kept elsewhere, as in Kafka:
 * {@code ${env:NAME}}, {@code ${file:PATH:KEY}} and {@code ${directory:PATH:FILE}}; a file may
 * define other {@code config.providers} instead. Warns of files with secrets that everybody may
 * read.
 */
public final class SettingsFile {
  private static final Logger LOG = LoggerFactory.getLogger(SettingsFile.class);
  private static final Pattern FILE_REFERENCE =
      Pattern.compile("\\$\\{(file|directory):([^:}]+):([^}]*)}");
  private static final Pattern KEY_FILE =
      Pattern.compile(".*(keystore\\.location|assertion\\.private\\.key\\.file|assertion\\.file)");
  private static final String TOKEN_FILE = "sasl.oauthbearer.token.endpoint.url";
  private static final String FILE_URL = "file:";
  private static final String PROVIDERS = "config.providers";
  private static final Map<String, String> USUAL_PROVIDERS =
      Map.of(
          PROVIDERS,
          "env,file,directory",
          "config.providers.env.class",
          "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
          "config.providers.file.class",
          "org.apache.kafka.common.config.provider.FileConfigProvider",
          "config.providers.directory.class",
          "org.apache.kafka.common.config.provider.DirectoryConfigProvider");

  private SettingsFile() {}

  /**
   * @return the settings, references resolved
   * @throws CommandFailed if the file cannot be read or a reference not be resolved
   */
  public static Map<String, String> read(Path file) {
    Map<String, String> raw = new HashMap<>();
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      String why = Files.exists(file) ? "cannot be read (" + e + ")" : "does not exist";
      throw new CommandFailed(
          "The settings file " + file + " " + why + "; name a properties file in UTF-8.", e);
    }
    properties.stringPropertyNames().forEach(key -> raw.put(key, properties.getProperty(key)));
    for (Path secret : readByEverybody(file, raw)) {
      LOG.warn(
          "{} holds secrets and everybody on this machine may read it: chmod 600 {}",
          secret,
          secret);
    }
    if (!raw.containsKey(PROVIDERS)) {
      raw.putAll(USUAL_PROVIDERS);
    }
    try {
      Map<String, String> resolved =
          new AbstractConfig(new ConfigDef(), raw, Map.of(), false).originalsStrings();
      resolved.keySet().removeIf(key -> key.startsWith(PROVIDERS));
      return resolved;
    } catch (KafkaException e) {
      throw new CommandFailed(
          "A reference in the settings file " + file + " cannot be resolved: " + e.getMessage(), e);
    }
  }

  /** The files with secrets, this one or those it names, that everybody on the machine may read. */
  static Set<Path> readByEverybody(Path file, Map<String, String> raw) {
    Set<Path> files = new TreeSet<>();
    raw.forEach(
        (key, value) -> {
          if (Secrets.isWrittenOut(key, value)) {
            files.add(file);
          }
          Matcher reference = FILE_REFERENCE.matcher(value);
          while (reference.find()) {
            Path named = Path.of(reference.group(2));
            files.add(
                reference.group(1).equals("directory") ? named.resolve(reference.group(3)) : named);
          }
          if (KEY_FILE.matcher(key).matches() && !value.isBlank() && !value.contains("${")) {
            files.add(Path.of(value.strip()));
          }
          if (key.endsWith(TOKEN_FILE) && value.startsWith(FILE_URL)) {
            files.add(Path.of(value.substring(FILE_URL.length()).strip().replaceAll("^/+", "/")));
          }
        });
    files.removeIf(secret -> !everybodyReads(secret));
    return files;
  }

  private static boolean everybodyReads(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      // Not there, which is said where it is read, or no such rights on this system.
      return false;
    }
  }
}
