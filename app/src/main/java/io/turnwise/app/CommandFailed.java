package io.turnwise.app;

/**
 * A command cannot do what it was asked; the message is one sentence that says what is wrong, where
 * and what to do about it. Ends the command with exit code 1 and no stack trace.
 */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailed(String message) {
    super(message);
  }

  public CommandFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
