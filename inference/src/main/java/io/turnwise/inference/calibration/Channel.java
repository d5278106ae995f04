package io.turnwise.inference.calibration;

/** What two stretches of speech that are compared came through. */
public enum Channel {
  /** Neither through a telephone. */
  WIDE_BAND("wide-band"),
  /** Both through a telephone: 300-3400 Hz, G.711. */
  TELEPHONE("telephone"),
  /** One of the two through a telephone. */
  ONE_SIDE("one-side");

  private final String word;

  Channel(String word) {
    this.word = word;
  }

  /** The channel that {@link #toString()} names so. */
  static Channel of(String word) {
    for (Channel channel : values()) {
      if (channel.word.equals(word)) {
        return channel;
      }
    }
    throw new IllegalArgumentException(
        "channel: " + word + " is none of wide-band, telephone, one-side");
  }

  @Override
  public String toString() {
    return word;
  }
}
