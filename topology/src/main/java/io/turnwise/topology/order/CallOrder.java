package io.turnwise.topology.order;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Puts the events of one call's channels into one order: by media time; at the same time, segments
 * before ends and low channels before high ones. The events of one channel stay as they came. An
 * event is given out as soon as no open channel can bring one before it, so that the order does not
 * depend on how the channels' audio was interleaved.
 *
 * <p>A channel that pauses, or over which another has come further by more than {@link
 * OrderRules#lagMillis()}, is waited for no longer, until it is near again. What it brings
 * meanwhile is given out at once, after later events of the others.
 *
 * <p>Everything that decides the order can be rebuilt from {@link #noteBytes()} and the events that
 * wait. Knows neither Kafka nor clocks. Not thread-safe.
 */
final class CallOrder {
  private static final byte VERSION = 1;

  /**
   * Most values of embeddings that wait, 16 MiB: what sixteen channels of 256 values at the
   * shortest hop bring in minutes.
   */
  private static final int MOST_VALUES = 4 << 20;

  /** What an event takes besides its embedding's values, counted as values. */
  private static final int VALUES_BESIDES = 64;

  /**
   * An event that waits, or that waits no longer.
   *
   * @param number tells the call's waiting events apart; grows with each
   * @param stretch grows where what was before is over whatever its time
   * @param atMillis its place: not before that of an earlier event of its channel
   */
  record Waiting(int number, int stretch, long atMillis, Arrival.Event event) {
    private static final Comparator<Waiting> ORDER =
        Comparator.comparingInt(Waiting::stretch)
            .thenComparingLong(Waiting::atMillis)
            .thenComparing(waiting -> waiting.event() instanceof Arrival.Ended)
            .thenComparingInt(waiting -> waiting.event().channel())
            .thenComparingInt(Waiting::number);
  }

  /** A channel that has not ended. */
  private static final class Open {
    /** All that is still to come is later. */
    private long reached;

    /** What {@code reached} was when it was last written. */
    private long noted;

    private boolean awaited = true;

    private void note() {
      noted = reached;
    }
  }

  private final OrderRules rules;
  private final SortedMap<Integer, Open> channels = new TreeMap<>();
  private final TreeSet<Waiting> waiting = new TreeSet<>(Waiting.ORDER);
  private int stretch;
  private int nextNumber;
  private long waitingValues;
  private boolean noteDue;

  private CallOrder(OrderRules rules) {
    this.rules = rules;
  }

  /** A call nothing is known of. */
  static CallOrder open(OrderRules rules) {
    return new CallOrder(rules);
  }

  /**
   * A call as it was when its note and its waiting events were written.
   *
   * @param note {@link #noteBytes()}; empty where none was written
   * @param events the events that wait, by their numbers
   */
  static CallOrder restore(
      OrderRules rules, Optional<byte[]> note, SortedMap<Integer, Waiting> events) {
    CallOrder order = new CallOrder(rules);
    note.ifPresent(order::readNote);
    for (Waiting event : events.values()) {
      order.waiting.add(event);
      order.waitingValues += values(event.event());
      order.nextNumber = event.number() + 1;
      Open channel = order.channels.get(event.event().channel());
      if (channel != null) {
        channel.reached = Math.max(channel.reached, event.atMillis());
      }
    }
    return order;
  }

  /**
   * Takes in what came; {@link #next()} then gives out what has become due.
   *
   * @return how many channels are waited for no longer because they have fallen behind
   */
  int hear(Arrival arrival) {
    if (arrival instanceof Arrival.Progress progress) {
      return progress(progress);
    }
    if (arrival instanceof Arrival.Paused paused) {
      Open channel = channels.get(paused.channel());
      if (channel != null && channel.awaited) {
        channel.awaited = false;
        channel.note();
        noteDue = true;
      }
    } else if (arrival instanceof Arrival.CallPaused) {
      if (hasWaiting()) {
        flush();
      }
    } else if (arrival instanceof Arrival.Spoken spoken) {
      Open channel = channel(spoken.channel());
      add(spoken, Math.max(spoken.atMillis(), channel.reached));
      reach(channel, spoken.atMillis());
    } else if (arrival instanceof Arrival.Ended ended) {
      Open channel = channels.remove(ended.channel());
      noteDue |= channel != null;
      add(ended, channel == null ? ended.atMillis() : Math.max(ended.atMillis(), channel.reached));
    }
    return 0;
  }

  /** Takes out the next event that is due; empty where all that wait have to wait on. */
  Optional<Waiting> next() {
    if (waiting.isEmpty() || !isDue(waiting.first())) {
      return Optional.empty();
    }
    Waiting due = waiting.pollFirst();
    waitingValues -= values(due.event());
    if (waiting.isEmpty()) {
      nextNumber = 0;
    }
    return Optional.of(due);
  }

  /** Lets nothing that waits wait any longer. */
  private void flush() {
    stretch++;
    channels.values().forEach(Open::note);
    noteDue = true;
  }

  /** Whether nothing needs to be remembered of the call. */
  boolean isOver() {
    return channels.isEmpty() && waiting.isEmpty();
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /** What waits, in its order. */
  List<Waiting> waiting() {
    return new ArrayList<>(waiting);
  }

  /** Whether the note is not what it was when this was last asked. */
  boolean takeNoteDue() {
    boolean due = noteDue;
    noteDue = false;
    return due;
  }

  /** The open channels: which, how far they have come, whether they are waited for. */
  byte[] noteBytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + channels.size() * (1 + 1 + 8));
    out.put(VERSION);
    channels.forEach(
        (number, channel) ->
            out.put(number.byteValue())
                .put((byte) (channel.awaited ? 1 : 0))
                .putLong(channel.noted));
    return out.array();
  }

  private void readNote(byte[] note) {
    ByteBuffer in = ByteBuffer.wrap(note);
    OrderStore.requireVersion("the order of a call", VERSION, in.get());
    while (in.hasRemaining()) {
      Open channel = new Open();
      channels.put(in.get() & 0xff, channel);
      channel.awaited = in.get() != 0;
      channel.noted = in.getLong();
      channel.reached = channel.noted;
    }
  }

  private int progress(Arrival.Progress progress) {
    Open channel = channel(progress.channel());
    reach(channel, progress.toMillis());
    int givenUp = 0;
    long furthest = 0;
    for (Open other : channels.values()) {
      if (other == channel) {
        continue;
      }
      // By what is stored alone, so that a crash does not change whom we wait for.
      furthest = Math.max(furthest, other.noted);
      if (other.awaited && progress.fromMillis() - other.noted > rules.lagMillis()) {
        other.awaited = false;
        noteDue = true;
        givenUp++;
      }
    }
    if (!channel.awaited && progress.toMillis() >= furthest - rules.lagMillis()) {
      channel.awaited = true;
      channel.note();
      noteDue = true;
    }
    return givenUp;
  }

  private Open channel(int number) {
    Open known = channels.get(number);
    if (known != null) {
      return known;
    }
    if (waiting.stream().anyMatch(event -> event.event().channel() == number)) {
      // The channel begins again after its end: its time says nothing of what was before.
      flush();
    }
    Open opened = new Open();
    channels.put(number, opened);
    noteDue = true;
    return opened;
  }

  private void reach(Open channel, long millis) {
    channel.reached = Math.max(channel.reached, millis);
    if (channel.reached - channel.noted >= OrderRules.NOTED_MILLIS) {
      channel.note();
      noteDue = true;
    }
  }

  private void add(Arrival.Event event, long atMillis) {
    waiting.add(new Waiting(nextNumber++, stretch, atMillis, event));
    waitingValues += values(event);
    if (waitingValues > MOST_VALUES) {
      flush();
    }
  }

  private static int values(Arrival.Event event) {
    return VALUES_BESIDES
        + (event instanceof Arrival.Spoken spoken ? spoken.embedding().getVector().size() : 0);
  }

  private boolean isDue(Waiting event) {
    if (event.stretch() < stretch || channels.isEmpty()) {
      return true;
    }
    if (!rules.announced()) {
      long furthest =
          channels.values().stream().mapToLong(channel -> channel.reached).max().orElseThrow();
      return event.atMillis() <= furthest - rules.lagMillis();
    }
    for (Map.Entry<Integer, Open> other : channels.entrySet()) {
      Open channel = other.getValue();
      if (other.getKey() != event.event().channel()
          && channel.awaited
          && mayBringBefore(event, other.getKey(), channel.reached)) {
        return false;
      }
    }
    return true;
  }

  /** A segment comes later than what was reached, an end may come right there. */
  private static boolean mayBringBefore(Waiting event, int channel, long reached) {
    return reached < event.atMillis()
        || reached == event.atMillis()
            && event.event() instanceof Arrival.Ended
            && channel < event.event().channel();
  }
}
