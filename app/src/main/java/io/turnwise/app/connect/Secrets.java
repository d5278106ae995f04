package io.turnwise.app.connect;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which settings are secrets, and texts without them. */
final class Secrets {
  private static final Pattern KEY =
      Pattern.compile(
          ".*(password|secret|token|jaas\\.config|user\\.info|passphrase|keystore\\.key)");
  private static final Pattern OPTION =
      Pattern.compile("(?i)(?:password|secret|token)\\w*\\s*=\\s*\"([^\"]*)\"");
  private static final String REFERENCE = "${";
  private static final int SHORTEST = 4;

  private Secrets() {}

  /** Whether the setting's value must not be seen, by its name. */
  static boolean isSecret(String key) {
    return KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
  }

  /** Whether a secret stands in the setting itself, and not only a reference to one. */
  static boolean isWrittenOut(String key, String value) {
    if (!isSecret(key)) {
      return false;
    }
    Matcher option = OPTION.matcher(value);
    while (option.find()) {
      if (!option.group(1).isEmpty() && !option.group(1).startsWith(REFERENCE)) {
        return true;
      }
    }
    return !value.isBlank() && !value.contains(REFERENCE);
  }

  /** The last defence against a message of somebody else's that quotes one. */
  static String hide(String text, Map<String, String> settings) {
    String hidden = text;
    for (String secret : values(settings)) {
      hidden = hidden.replace(secret, "[hidden]");
    }
    return hidden;
  }

  private static Set<String> values(Map<String, String> settings) {
    Set<String> values = new LinkedHashSet<>();
    settings.forEach(
        (key, value) -> {
          if (isSecret(key)) {
            values.add(value);
            Matcher option = OPTION.matcher(value);
            while (option.find()) {
              values.add(option.group(1));
            }
          }
        });
    // Hiding a letter or two would only spoil the sentence.
    values.removeIf(value -> value.length() < SHORTEST);
    return values;
  }
}
