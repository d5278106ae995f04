package io.turnwise.serdes;

import io.turnwise.avro.SpeakerChange;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who speaks when in one call, as its events so far say: the best current answer. Events are
 * applied in the order of their revisions; each channel has a timeline from 0 on, on which nobody
 * is named at first. What the types of events do to it is said in {@link SpeakerChange}'s schema.
 *
 * <p>What it holds grows with the number of changes of speaker that stand, not with time. Not
 * thread-safe.
 */
public final class SpeakerTimeline {
  /** End of an interval that goes on until an event ends it. */
  public static final long OPEN = Long.MAX_VALUE;

  /** The speaker where nobody may be named. */
  public static final String UNKNOWN = "";

  private final String call;

  /** By channel: from which media time on whom; neighbours differ, the first begins at 0. */
  private final NavigableMap<Integer, NavigableMap<Long, String>> channels = new TreeMap<>();

  private long revision;

  /**
   * A stretch of one channel with one label.
   *
   * @param fromMillis media time at which it begins, 0 or more
   * @param untilMillis media time just after it, greater; {@link #OPEN} for the last of a channel
   * @param speaker whose it is; {@link #UNKNOWN}, the empty string, where nobody may be named
   */
  public record Interval(long fromMillis, long untilMillis, String speaker) {
    public Interval {
      if (fromMillis < 0) {
        throw new IllegalArgumentException("fromMillis: " + fromMillis + " is less than 0");
      }
      if (untilMillis <= fromMillis) {
        throw new IllegalArgumentException(
            "untilMillis: " + untilMillis + " is not after fromMillis, " + fromMillis);
      }
    }
  }

  /**
   * @param call the id of the call whose events will be applied; not empty
   */
  public SpeakerTimeline(String call) {
    if (call.isEmpty()) {
      throw new IllegalArgumentException("call: is empty");
    }
    this.call = call;
  }

  /**
   * Applies the call's next event. A revision that was applied before changes nothing, so topics
   * may be read again. Events of a type newer than this class ({@code OTHER}) change no label.
   *
   * @return whether it was new
   * @throws IllegalArgumentException where it is of another call, leaves out a revision, or a field
   *     is not what its type asks for; nothing was changed then, and the message names the field
   */
  public boolean apply(SpeakerChange event) {
    if (!event.getCall().equals(call)) {
      throw new IllegalArgumentException(
          "call: the event is of another call; keep one timeline for each call");
    }
    if (event.getRevision() < 1) {
      throw new IllegalArgumentException("revision: " + event.getRevision() + " is less than 1");
    }
    if (event.getRevision() <= revision) {
      return false;
    }
    if (event.getRevision() != revision + 1) {
      throw new IllegalArgumentException(
          "revision: "
              + event.getRevision()
              + " follows "
              + revision
              + "; apply the events between first, read the topic from the call's beginning");
    }
    if (event.getAtMillis() < 0) {
      throw new IllegalArgumentException("atMillis: " + event.getAtMillis() + " is less than 0");
    }
    switch (event.getType()) {
      case CHANGED -> change(event);
      case REASSIGNED -> reassign(event);
      case MERGED -> merge(event);
      case CONFIRMED, RETIRED, OTHER -> channel(event.getChannel());
    }
    revision = event.getRevision();
    return true;
  }

  /** Revision of the event applied last; 0 before the first. */
  public long revision() {
    return revision;
  }

  /** The channels that events spoke of, ascending. */
  public SortedSet<Integer> channels() {
    return new TreeSet<>(channels.keySet());
  }

  /**
   * A channel's labels from 0 to {@link #OPEN}: ascending, without gaps, neighbours different; one
   * interval of {@link #UNKNOWN} where no event spoke of the channel.
   */
  public List<Interval> intervals(int channel) {
    NavigableMap<Long, String> labels = channels.get(channel);
    if (labels == null) {
      return List.of(new Interval(0, OPEN, UNKNOWN));
    }
    List<Interval> intervals = new ArrayList<>(labels.size());
    for (Map.Entry<Long, String> label : labels.entrySet()) {
      Long next = labels.higherKey(label.getKey());
      intervals.add(new Interval(label.getKey(), next == null ? OPEN : next, label.getValue()));
    }
    return List.copyOf(intervals);
  }

  /**
   * Who speaks on a channel at a moment.
   *
   * @param millis media time, 0 or more
   * @return {@link #UNKNOWN} where nobody may be named
   */
  public String speakerAt(int channel, long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("millis: " + millis + " is less than 0");
    }
    NavigableMap<Long, String> labels = channels.get(channel);
    return labels == null ? UNKNOWN : labels.floorEntry(millis).getValue();
  }

  private NavigableMap<Long, String> channel(int channel) {
    return channels.computeIfAbsent(channel, unheard -> new TreeMap<>(Map.of(0L, UNKNOWN)));
  }

  private void change(SpeakerChange event) {
    NavigableMap<Long, String> labels = channel(event.getChannel());
    labels.tailMap(event.getAtMillis(), true).clear();
    labels.put(event.getAtMillis(), name(event.getSpeaker()));
    join(labels);
  }

  private void reassign(SpeakerChange event) {
    if (event.getUntilMillis() == null || event.getUntilMillis() <= event.getAtMillis()) {
      throw new IllegalArgumentException(
          "untilMillis: "
              + event.getUntilMillis()
              + " is not after atMillis, "
              + event.getAtMillis()
              + ", as REASSIGNED asks for");
    }
    rename(
        channel(event.getChannel()),
        event.getAtMillis(),
        event.getUntilMillis(),
        name(event.getPreviousSpeaker()),
        name(event.getSpeaker()));
  }

  private void merge(SpeakerChange event) {
    if (event.getPreviousSpeaker() == null || event.getSpeaker() == null) {
      throw new IllegalArgumentException(
          (event.getSpeaker() == null ? "speaker" : "previousSpeaker")
              + ": is null, MERGED asks for two speakers");
    }
    channel(event.getChannel());
    for (NavigableMap<Long, String> labels : channels.values()) {
      rename(labels, event.getAtMillis(), OPEN, event.getPreviousSpeaker(), event.getSpeaker());
    }
  }

  /** Gives what is {@code from}'s between two moments to {@code to}. */
  private static void rename(
      NavigableMap<Long, String> labels,
      long fromMillis,
      long untilMillis,
      String from,
      String to) {
    split(labels, fromMillis);
    if (untilMillis != OPEN) {
      split(labels, untilMillis);
    }
    labels
        .subMap(fromMillis, true, untilMillis, false)
        .replaceAll((at, speaker) -> speaker.equals(from) ? to : speaker);
    join(labels);
  }

  private static void split(NavigableMap<Long, String> labels, long atMillis) {
    labels.put(atMillis, labels.floorEntry(atMillis).getValue());
  }

  /** Makes one of neighbours with the same label. */
  private static void join(NavigableMap<Long, String> labels) {
    String before = null;
    for (Iterator<String> each = labels.values().iterator(); each.hasNext(); ) {
      String speaker = each.next();
      if (speaker.equals(before)) {
        each.remove();
      }
      before = speaker;
    }
  }

  private static String name(String speaker) {
    return speaker == null ? UNKNOWN : speaker;
  }
}
