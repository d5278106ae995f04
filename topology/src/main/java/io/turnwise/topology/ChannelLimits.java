package io.turnwise.topology;

/**
 * How many channels a task keeps at once.
 *
 * @param inAll over all calls, 1 or more
 * @param ofCall of one call, 1 to 256
 */
public record ChannelLimits(int inAll, int ofCall) {
  public ChannelLimits {
    if (inAll < 1) {
      throw new IllegalArgumentException("inAll: " + inAll + " is less than 1");
    }
    if (ofCall < 1 || ofCall > 256) {
      throw new IllegalArgumentException("ofCall: " + ofCall + " is not in 1..256");
    }
  }
}
