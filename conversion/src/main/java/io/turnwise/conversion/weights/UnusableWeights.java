package io.turnwise.conversion.weights;

import java.nio.file.Path;

/** A weights file cannot be used; the message says which, why and what to do about it. */
public final class UnusableWeights extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file the file
   * @param fault what is wrong and what to do about it, as the rest of a sentence that begins with
   *     the file's name
   */
  public UnusableWeights(Path file, String fault) {
    super(sentence(file, fault));
  }

  public UnusableWeights(Path file, String fault, Throwable cause) {
    super(sentence(file, fault), cause);
  }

  private static String sentence(Path file, String fault) {
    return "The weights file " + file + " " + fault + ".";
  }
}
