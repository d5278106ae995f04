package io.turnwise.topology.track;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Looks at all evidence of a call again: who spoke in each piece, whether what was taken for one
 * voice is two, and whether two are one. Used once.
 */
final class Review {
  private static final int ROUNDS = 6;
  private static final int MOST_SPLITS = 3;
  private final Call call;
  private final TrackerSettings settings;
  private final int model;
  private final List<Integer> heardOn = new ArrayList<>();
  private final int[] passages;
  private final List<Piece> pieces = new ArrayList<>();

  /** Where each piece is from: place of a passage, or channel and place of a window. */
  private record Origin(int channel, int place, boolean isWindow) {}

  private final List<Origin> origins = new ArrayList<>();
  private int[] labels;

  Review(Call call, int model) {
    this.call = call;
    this.model = model;
    settings = call.settings;
    passages = call.order();
  }

  /** Settles the labels of all windows and passages of the model. */
  void settle() {
    collect();
    if (pieces.isEmpty()) {
      return;
    }
    Affinity affinity = new Affinity(settings, pieces);
    labels = relabel(affinity, labels);
    for (int i = 0; i < MOST_SPLITS && split(affinity); i++) {
      labels = relabel(affinity, labels);
    }
    while (merge(affinity)) {
      labels = relabel(affinity, labels);
    }
    write();
  }

  private void collect() {
    List<Integer> known = new ArrayList<>();
    for (int channel = 0; channel < 256; channel++) {
      for (int p : passages) {
        Passage passage = call.passages.get(p);
        if (passage.channel() == channel && passage.model() == model) {
          pieces.add(passage.piece());
          origins.add(new Origin(channel, p, false));
          known.add(passage.voice());
        }
      }
      ChannelMemory memory = call.channels.get(channel);
      if (memory != null && memory.model() == model) {
        heardOn.add(channel);
        pieces.addAll(call.pieces(channel));
        for (int i = 0; i < memory.windows().size(); i++) {
          origins.add(new Origin(channel, i, true));
          known.add(memory.labels().get(i));
        }
      }
    }
    labels = known.stream().mapToInt(Integer::intValue).toArray();
  }

  private void write() {
    for (int channel : heardOn) {
      ChannelMemory memory = call.channels.get(channel);
      int[] next = memory.labelArray();
      for (int i = 0; i < labels.length; i++) {
        if (origins.get(i).isWindow() && origins.get(i).channel() == channel) {
          next[origins.get(i).place()] = labels[i];
        }
      }
      call.channels.put(channel, memory.labelled(next));
    }
    for (int i = 0; i < labels.length; i++) {
      if (!origins.get(i).isWindow()) {
        int p = origins.get(i).place();
        call.passages.set(p, call.passages.get(p).takenFor(labels[i]));
      }
    }
  }

  private int[] relabel(Affinity affinity, int[] before) {
    Background[] nothing = new Background[call.voices.size()];
    Arrays.setAll(nothing, v -> new Background(affinity.dimension()));
    return Resegmentation.of(call, affinity, nothing, before, ROUNDS);
  }

  /** Tells the voice apart into two that is the likeliest to be two, if one is. */
  private boolean split(Affinity affinity) {
    int fresh = call.unused(labels);
    if (fresh >= TrackerSettings.VOICES) {
      return false;
    }
    double best = 0;
    int[] parts = labels;
    int divided = -1;
    for (int v = 0; v < call.voices.size(); v++) {
      if (affinity.segments(labels, v) >= 2 * settings.splitSegments()) {
        Affinity.Split split = affinity.split(labels, v, fresh);
        double above =
            split.gain()
                - settings.reviewGain()
                - settings.reviewGainPerSegment() * balance(affinity, split.labels(), v, fresh)
                - (call.hasParties() ? settings.splitGainOfParty() : 0);
        if (above > best) {
          best = above;
          parts = split.labels();
          divided = v;
        }
      }
    }
    if (divided < 0) {
      return false;
    }
    // the greater part keeps the name: less has to be taken back
    if (affinity.mass(parts, fresh) > affinity.mass(parts, divided)) {
      for (int i = 0; i < parts.length; i++) {
        parts[i] = parts[i] == divided ? fresh : parts[i] == fresh ? divided : parts[i];
      }
    }
    int channel = 0;
    for (int i = parts.length - 1; i >= 0; i--) {
      channel = parts[i] == fresh ? pieces.get(i).channel() : channel;
    }
    call.add(fresh, model, channel);
    labels = parts;
    return true;
  }

  /** Takes the two voices for one that are the likeliest to be one, if any are. */
  private boolean merge(Affinity affinity) {
    double least = 0;
    boolean ofTwo = !call.hasParties() && Arrays.stream(labels).distinct().count() == 2;
    int keep = -1;
    int lose = -1;
    for (int a = 0; a < call.voices.size(); a++) {
      for (int b = a + 1; b < call.voices.size(); b++) {
        double massA = affinity.mass(labels, a);
        double massB = affinity.mass(labels, b);
        if (massA > 0 && massB > 0 && mayBeOne(a, b)) {
          double below =
              affinity.gain(labels, a, b)
                  - settings.mergeGain()
                  - (call.hasParties() ? settings.mergeGainOfParty() : 0)
                  + (ofTwo ? settings.easeOfSecondVoice(segments(affinity)) : 0)
                  - settings.reviewGainPerSegment() * balance(affinity, labels, a, b);
          if (below < least) {
            least = below;
            boolean first = rank(a) != rank(b) ? rank(a) > rank(b) : massA >= massB;
            keep = first ? a : b;
            lose = first ? b : a;
          }
        }
      }
    }
    if (keep < 0) {
      return false;
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = labels[i] == lose ? keep : labels[i];
    }
    return true;
  }

  private double segments(Affinity affinity) {
    return Arrays.stream(labels).distinct().mapToDouble(v -> affinity.segments(labels, v)).sum();
  }

  /**
   * Segments of two voices, as if both had as many: what two voices explain better than one grows
   * with the product of their masses over the sum, also where the two are one person's moods.
   */
  private static double balance(Affinity affinity, int[] labels, int a, int b) {
    double one = affinity.mass(labels, a);
    double other = affinity.mass(labels, b);
    return one + other > 0 ? 4 * one * other / (one + other) : 0;
  }

  private boolean mayBeOne(int a, int b) {
    Voice one = call.voices.get(a);
    Voice other = call.voices.get(b);
    boolean together = !Collections.disjoint(one.channels(), other.channels());
    return !(one.enrolled() && other.enrolled()) && together;
  }

  /** Who gives the name: an enrolled voice before a confirmed one before one with a name. */
  private int rank(int v) {
    Voice voice = call.voices.get(v);
    return voice.enrolled() ? 3 : voice.confirmed() ? 2 : voice.isNamed() ? 1 : 0;
  }
}
