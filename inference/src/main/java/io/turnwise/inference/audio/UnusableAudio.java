package io.turnwise.inference.audio;

/**
 * An audio file cannot be used; the message is one sentence that says which, why and what to do.
 */
public final class UnusableAudio extends RuntimeException {
  public UnusableAudio(String message) {
    super(message);
  }

  public UnusableAudio(String message, Throwable cause) {
    super(message, cause);
  }
}
