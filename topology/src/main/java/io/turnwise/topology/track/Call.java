package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A working copy of a call's state, for one step of {@link SpeakerTracker}. Not thread-safe. */
final class Call {
  /** Most passages that are kept; then some are taken together. */
  static final int PASSAGES = 80;

  final TrackerSettings settings;
  final List<String> models;
  final List<Voice> voices;
  final SortedMap<Integer, ChannelMemory> channels;
  final List<Passage> passages;
  final List<Change> changes = new ArrayList<>();
  long revision;
  int names;

  Call(TrackerSettings settings, CallVoices before) {
    this.settings = settings;
    models = new ArrayList<>(before.models());
    voices = new ArrayList<>(before.voices());
    channels = new TreeMap<>(before.channels());
    passages = new ArrayList<>(before.passages());
    revision = before.revision();
    names = before.names();
  }

  CallVoices after() {
    return channels.isEmpty()
        ? CallVoices.none()
        : new CallVoices(
            revision,
            names,
            List.copyOf(models),
            List.copyOf(voices),
            channels,
            List.copyOf(passages));
  }

  /** Number of a model, new or known. */
  int model(String fingerprint) {
    int known = models.indexOf(fingerprint);
    if (known >= 0) {
      return known;
    }
    models.add(fingerprint);
    return models.size() - 1;
  }

  /**
   * Adds a voice nothing is published of.
   *
   * @param number the one that {@link #unused} gave
   */
  int add(int number, int model, int channel) {
    Voice voice = Voice.unnamed(model, channel);
    if (number == voices.size()) {
      voices.add(voice);
    } else {
      voices.set(number, voice);
    }
    return number;
  }

  /** A number nothing refers to any more, or else the next. */
  int unused(int[] used) {
    boolean[] taken = new boolean[voices.size()];
    mark(taken, used);
    for (ChannelMemory memory : channels.values()) {
      mark(taken, memory.labelArray());
      mark(taken, memory.publishedArray());
      mark(taken, new int[] {memory.speaker()});
    }
    for (Passage passage : passages) {
      mark(taken, new int[] {passage.voice(), passage.published()});
    }
    for (int v = 0; v < taken.length; v++) {
      if (!taken[v] && !voices.get(v).isNamed()) {
        return v;
      }
    }
    return taken.length;
  }

  private static void mark(boolean[] taken, int[] numbers) {
    for (int number : numbers) {
      if (number >= 0 && number < taken.length) {
        taken[number] = true;
      }
    }
  }

  /** The channels that something is known of, also those that ended; ascending. */
  SortedSet<Integer> heardOn() {
    SortedSet<Integer> heard = new TreeSet<>(channels.keySet());
    passages.forEach(passage -> heard.add(passage.channel()));
    return heard;
  }

  /** Windows of a channel; none of one that has ended. */
  List<Window> windows(int channel) {
    ChannelMemory memory = channels.get(channel);
    return memory == null ? List.of() : memory.windows();
  }

  /** Whose side of the call a channel carries of which something is known. */
  Role role(int channel) {
    ChannelMemory memory = channels.get(channel);
    return memory == null ? passages.get(latest(channel)).role() : memory.role();
  }

  /** Place of a channel's latest passage; -1 where there is none. */
  private int latest(int channel) {
    int latest = -1;
    for (int p = 0; p < passages.size(); p++) {
      if (passages.get(p).channel() == channel
          && (latest < 0 || passages.get(p).untilMillis() > passages.get(latest).untilMillis())) {
        latest = p;
      }
    }
    return latest;
  }

  /** Whether a channel's latest passage is of a voice and was published as another. */
  boolean goesOn(int channel, int voice, int published) {
    int latest = latest(channel);
    return latest >= 0
        && passages.get(latest).voice() == voice
        && passages.get(latest).published() == published;
  }

  /** Keeps what leaves the latest windows of a channel. */
  void keep(Passage next) {
    int latest = latest(next.channel());
    if (latest >= 0
        && passages.get(latest).isLike(next)
        && passages.get(latest).mass() < Passage.FULL
        && next.fromMillis() - passages.get(latest).untilMillis() < Passage.GAP) {
      passages.set(latest, passages.get(latest).with(next));
    } else if (passages.size() < PASSAGES) {
      passages.add(next);
    } else {
      replaceWith(next);
    }
  }

  /** Takes together the two passages by which least is lost, and puts another in the free place. */
  private void replaceWith(Passage next) {
    int[] order = order();
    int first = -1;
    int second = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < order.length; i++) {
      Passage one = passages.get(order[i]);
      for (int j = i + 1; j < order.length; j++) {
        Passage other = passages.get(order[j]);
        if (one.isLike(other) && !partedByAnother(one.together(other), order, i, j)) {
          double loss = one.lossWith(other);
          if (loss < least) {
            least = loss;
            first = order[i];
            second = order[j];
          }
          break;
        }
      }
    }
    if (first < 0) {
      passages.set(leastMissed(), next);
    } else {
      passages.set(first, passages.get(first).with(passages.get(second)));
      passages.set(second, next);
    }
  }

  /**
   * Where no two passages can be taken together, the place of the one by which least is lost: the
   * lightest of those whose voice, and what it was published as, another passage knows too. What
   * was published of it stands.
   */
  private int leastMissed() {
    int least = 0;
    for (int p = 1; p < passages.size(); p++) {
      boolean dispensable = isDispensable(p);
      boolean better =
          dispensable == isDispensable(least)
              ? passages.get(p).mass() < passages.get(least).mass()
              : dispensable;
      least = better ? p : least;
    }
    return least;
  }

  private boolean isDispensable(int place) {
    Passage passage = passages.get(place);
    return isKnownWithout(place, passage.voice())
        && (passage.published() < 0 || isKnownWithout(place, passage.published()));
  }

  private boolean isKnownWithout(int place, int voice) {
    for (int p = 0; p < passages.size(); p++) {
      if (p != place
          && (passages.get(p).voice() == voice || passages.get(p).published() == voice)) {
        return true;
      }
    }
    return false;
  }

  /** Whether two passages as one would be entangled with a third. */
  private boolean partedByAnother(Passage both, int[] order, int first, int second) {
    for (int i = 0; i < order.length; i++) {
      if (i != first && i != second && both.isEntangledWith(passages.get(order[i]))) {
        return true;
      }
    }
    return false;
  }

  /** Takes together passages that what was published does not tell apart any more. */
  void untangle() {
    for (int p = 0; p < passages.size(); p++) {
      for (int q = p + 1; q < passages.size(); q++) {
        if (passages.get(p).isEntangledWith(passages.get(q))) {
          passages.set(p, passages.get(p).together(passages.get(q)));
          passages.remove(q);
          q = p;
        }
      }
    }
  }

  /** The places of the passages, channel by channel in the order of their time. */
  int[] order() {
    Integer[] order = new Integer[passages.size()];
    Arrays.setAll(order, p -> p);
    Arrays.sort(
        order,
        (a, b) -> {
          Passage one = passages.get(a);
          Passage other = passages.get(b);
          return one.channel() != other.channel()
              ? Integer.compare(one.channel(), other.channel())
              : one.fromMillis() != other.fromMillis()
                  ? Long.compare(one.fromMillis(), other.fromMillis())
                  : Long.compare(one.untilMillis(), other.untilMillis());
        });
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  /** Whether it has several channels: each is rather one party's. */
  boolean hasParties() {
    return voices.stream().flatMap(voice -> voice.channels().stream()).distinct().count() > 1;
  }

  /** Forgets a channel that has ended, but not what was heard of its voices. */
  void end(int channel) {
    ChannelMemory memory = channels.remove(channel);
    for (int i = 0; !channels.isEmpty() && i < memory.windows().size(); i++) {
      Window window = memory.windows().get(i);
      int label = memory.labels().get(i);
      boolean pure =
          !window.leak()
              && (i == 0 || memory.labels().get(i - 1) == label)
              && (i + 1 == memory.labels().size() || memory.labels().get(i + 1) == label);
      boolean goesOn = i + 1 < memory.labels().size() && memory.labels().get(i + 1) == label;
      int pauses = goesOn ? window.pausesBefore(memory.windows().get(i + 1)) : 0;
      int published = memory.published().get(i);
      keep(
          Passage.of(
              channel, memory.role(), memory.model(), window, label, published, pauses, pure));
    }
  }

  /** Marks which windows are but what leaks over from another channel. */
  void markLeaks(int channel) {
    for (int on : channels.keySet().toArray(Integer[]::new)) {
      if (on != channel) {
        markLeaks(channel, channels.get(on).windows());
        markLeaks(on, channels.get(channel).windows());
      }
    }
  }

  private void markLeaks(int channel, List<Window> others) {
    ChannelMemory memory = channels.get(channel);
    List<Window> windows = new ArrayList<>(memory.windows());
    boolean changed = false;
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (!window.leak() && others.stream().anyMatch(window::leaksFrom)) {
        windows.set(i, window.leaking());
        changed = true;
      }
    }
    if (changed) {
      channels.put(
          channel,
          memory.with(memory.heard(), windows, memory.labelArray(), memory.publishedArray()));
    }
  }

  /** A channel's windows, to be compared. */
  List<Piece> pieces(int channel) {
    return channels.get(channel).windows().stream().map(window -> window.piece(channel)).toList();
  }

  /** What is known of each voice besides a channel's windows; of other models' voices nothing. */
  Background[] backgrounds(int channel, int model, int dimension) {
    Background[] backgrounds = new Background[voices.size()];
    for (int v = 0; v < backgrounds.length; v++) {
      backgrounds[v] = new Background(dimension);
    }
    for (Passage passage : passages) {
      if (passage.model() == model && passage.mass() > 0) {
        backgrounds[passage.voice()].add(passage.piece());
      }
    }
    for (Map.Entry<Integer, ChannelMemory> entry : channels.entrySet()) {
      ChannelMemory other = entry.getValue();
      if (entry.getKey() != channel && other.model() == model) {
        List<Piece> pieces = pieces(entry.getKey());
        for (int i = 0; i < pieces.size(); i++) {
          Piece piece = pieces.get(i);
          backgrounds[other.labels().get(i)].add(piece.mean(), piece.weight(), settings.usual());
        }
      }
    }
    return backgrounds;
  }
}
