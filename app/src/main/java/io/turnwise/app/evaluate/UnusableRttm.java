package io.turnwise.app.evaluate;

/** An RTTM file cannot be used; the message names the file, the line and what is wrong. */
public final class UnusableRttm extends RuntimeException {
  UnusableRttm(String message) {
    super(message);
  }
}
