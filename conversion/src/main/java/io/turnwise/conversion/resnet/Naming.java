package io.turnwise.conversion.resnet;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a file spells the names of the network's tensors.
 *
 * @param prefix what all of them begin with: {@code resnet.} in pyannote's checkpoints and the MLX
 *     port, nothing in WeSpeaker's and ours
 * @param listed whether blocks stand behind {@code layers.}, as MLX's Sequential names them
 * @param spelledOut whether a shortcut's parts are {@code shortcut_conv} and {@code shortcut_bn}
 *     instead of {@code shortcut.0} and {@code shortcut.1}
 * @param linear what the final layer is called: {@code seg_1} or {@code fc}
 */
record Naming(String prefix, boolean listed, boolean spelledOut, String linear) {
  private static final String OTHER_LINEAR = "fc";

  private static final Pattern OWN =
      Pattern.compile("((?:\\w+\\.)*?)((?:conv1|bn1|layer[1-4]|fc|seg_1)\\..+)");

  /** The file's spelling; where names differ in prefix, that of most names. */
  static Naming of(Collection<String> names) {
    Map<String, Integer> prefixes = new HashMap<>();
    boolean listed = false;
    boolean spelledOut = false;
    boolean fc = false;
    boolean seg = false;
    for (String name : names) {
      Matcher own = OWN.matcher(name);
      if (own.matches()) {
        prefixes.merge(own.group(1), 1, Integer::sum);
        String rest = own.group(2);
        listed |= rest.matches("layer\\d\\.layers\\..*");
        spelledOut |= rest.contains(".shortcut_");
        fc |= rest.startsWith(OTHER_LINEAR + ".");
        seg |= rest.startsWith(Architecture.LINEAR + ".");
      }
    }
    String prefix =
        prefixes.entrySet().stream()
            .max(
                Comparator.comparingInt((Map.Entry<String, Integer> entry) -> entry.getValue())
                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
            .map(Map.Entry::getKey)
            .orElse("");
    boolean calledFc = fc || (spelledOut && !seg);
    return new Naming(prefix, listed, spelledOut, calledFc ? OTHER_LINEAR : Architecture.LINEAR);
  }

  /** What PyTorch calls the tensor that the file calls {@code name}; itself where it is no part. */
  String inPyTorch(String name) {
    if (!name.startsWith(prefix)) {
      return name;
    }
    String rest = name.substring(prefix.length());
    rest = rest.replaceFirst("^(layer\\d)\\.layers\\.", "$1.");
    rest = rest.replaceFirst("\\.shortcut_conv\\.", ".shortcut.0.");
    rest = rest.replaceFirst("\\.shortcut_bn\\.", ".shortcut.1.");
    return rest.replaceFirst("^" + OTHER_LINEAR + "\\.", Architecture.LINEAR + ".");
  }

  /** What the file calls, or would call, PyTorch's tensor {@code name}. */
  String inFile(String name) {
    String spelled = name;
    if (listed) {
      spelled = spelled.replaceFirst("^(layer\\d)\\.", "$1.layers.");
    }
    if (spelledOut) {
      spelled = spelled.replace(".shortcut.0.", ".shortcut_conv.");
      spelled = spelled.replace(".shortcut.1.", ".shortcut_bn.");
    }
    return prefix + spelled.replaceFirst("^" + Architecture.LINEAR + "\\.", linear + ".");
  }
}
