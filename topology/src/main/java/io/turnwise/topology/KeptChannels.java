package io.turnwise.topology;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The channels of which a task keeps something, and whether there may be one more: a client that
 * opens channels without end must not take the others' memory. Knows neither Kafka nor clocks. Not
 * thread-safe.
 */
public final class KeptChannels {
  private final ChannelLimits limits;
  private final Map<String, BitSet> byCall = new HashMap<>();
  private int count;

  public KeptChannels(ChannelLimits limits) {
    this.limits = limits;
  }

  /**
   * Why a channel cannot be kept: one sentence that says what to do; empty where it can, or is kept
   * already.
   *
   * @param channel 0 to 255
   */
  public Optional<String> fault(String call, int channel) {
    BitSet ofCall = byCall.get(call);
    if (ofCall != null && ofCall.get(channel)) {
      return Optional.empty();
    }
    if (ofCall != null && ofCall.cardinality() >= limits.ofCall()) {
      return Optional.of(
          "channel: "
              + channel
              + " would be the call's "
              + (limits.ofCall() + 1)
              + "th at once; end those that are over, or raise "
              + TurnwiseSettings.CALL_CHANNELS_MAX);
    }
    if (count >= limits.inAll()) {
      return Optional.of(
          "channel: "
              + channel
              + " would be one more than the "
              + limits.inAll()
              + " kept of this partition; send last where a call ends, add partitions, or raise "
              + TurnwiseSettings.CHANNELS_MAX);
    }
    return Optional.empty();
  }

  /** Counts a channel in, once. */
  public void add(String call, int channel) {
    BitSet ofCall = byCall.computeIfAbsent(call, id -> new BitSet());
    if (!ofCall.get(channel)) {
      ofCall.set(channel);
      count++;
    }
  }

  /** Counts a channel out, where it was in. */
  public void remove(String call, int channel) {
    BitSet ofCall = byCall.get(call);
    if (ofCall != null && ofCall.get(channel)) {
      ofCall.clear(channel);
      count--;
      if (ofCall.isEmpty()) {
        byCall.remove(call);
      }
    }
  }

  /** Counts all channels out. */
  public void clear() {
    byCall.clear();
    count = 0;
  }

  /** How many are kept. */
  public int count() {
    return count;
  }
}
