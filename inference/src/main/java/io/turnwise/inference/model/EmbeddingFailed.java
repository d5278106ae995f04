package io.turnwise.inference.model;

/** The model gave no usable embedding for this input; says nothing of the audio itself. */
public final class EmbeddingFailed extends RuntimeException {
  public EmbeddingFailed(String message) {
    super(message);
  }

  public EmbeddingFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
