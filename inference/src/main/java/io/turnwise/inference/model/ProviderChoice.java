package io.turnwise.inference.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a model is asked to run on: the setting {@code turnwise.provider}. */
public enum ProviderChoice {
  /** What suits the machine, if it is right and faster than the CPU; else the CPU. */
  AUTO,
  CPU,
  COREML,
  CUDA,
  TENSORRT;

  /**
   * @param word {@code auto}, {@code cpu}, {@code coreml}, {@code cuda} or {@code tensorrt}
   * @throws IllegalArgumentException naming the word if it is another
   */
  public static ProviderChoice of(String word) {
    return Arrays.stream(values())
        .filter(choice -> choice.toString().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "provider: " + word + " is none of " + String.join(", ", words())));
  }

  /** All words, {@code auto} first. */
  public static List<String> words() {
    return Arrays.stream(values()).map(ProviderChoice::toString).toList();
  }

  /** The provider to try on this machine. */
  ExecutionProvider candidate() {
    return switch (this) {
      case AUTO ->
          ExecutionProvider.preferred(
              System.getProperty("os.name", ""),
              System.getProperty("os.arch", ""),
              InferenceRuntime.present().providers().contains("CUDA"));
      case CPU -> ExecutionProvider.CPU;
      case COREML -> ExecutionProvider.CORE_ML;
      case CUDA -> ExecutionProvider.CUDA;
      case TENSORRT -> ExecutionProvider.TENSOR_RT;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
