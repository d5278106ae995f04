package io.turnwise.topology;

import org.apache.kafka.common.KafkaException;

/**
 * What a store holds cannot be read: another release has written it, or it is damaged. No record is
 * at fault, so none becomes a dead letter; the application ends, with everything as it was, until
 * the release that wrote the state runs again or the state is reset. The message names the store
 * and, where that is the reason, both versions; it has nothing of the content.
 */
public final class UnreadableState extends KafkaException {
  private static final long serialVersionUID = 1L;

  private static final String REMEDY =
      "; run the release that wrote it, or have the calls going on begin anew: turnwise reset";

  private UnreadableState(String message, Throwable cause) {
    super(message, cause);
  }

  /** State of a format that this release does not know. */
  public static UnreadableState ofVersion(String store, String what, int expected, int found) {
    return new UnreadableState(
        "store "
            + store
            + ": "
            + what
            + " has format "
            + found
            + ", and this release reads format "
            + expected
            + REMEDY,
        null);
  }

  /**
   * State of the right format that makes no sense.
   *
   * @param fault what is wrong with it; nothing of its content
   */
  public static UnreadableState damaged(String store, String what, String fault) {
    return new UnreadableState(
        "store " + store + ": " + what + " is damaged (" + fault + ")" + REMEDY, null);
  }

  /** The same, with the exception that reading it has ended with. */
  public static UnreadableState damaged(String store, String what, Exception fault) {
    return new UnreadableState(
        "store "
            + store
            + ": "
            + what
            + " is damaged ("
            + fault.getClass().getSimpleName()
            + ")"
            + REMEDY,
        fault);
  }
}
