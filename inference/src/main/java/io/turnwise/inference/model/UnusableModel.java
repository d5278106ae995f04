package io.turnwise.inference.model;

/** A model cannot be used; the message says which, why and what to do about it. */
public final class UnusableModel extends RuntimeException {
  public UnusableModel(String message) {
    super(message);
  }

  public UnusableModel(String message, Throwable cause) {
    super(message, cause);
  }
}
