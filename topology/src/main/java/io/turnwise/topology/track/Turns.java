package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import java.util.Arrays;
import java.util.List;

/** Publishes who speaks on a channel as it is heard: changes, tentative and firm. Used once. */
final class Turns {
  /** Weight of a segment that says too little of who speaks. */
  private static final double LITTLE = 0.15;

  private final Call call;
  private final TrackerSettings settings;
  private final Likeness likeness;
  private final int channel;
  private final Publication publication;
  private String minted = "";

  Turns(Call call, Likeness likeness, int channel, Publication publication) {
    this.call = call;
    settings = call.settings;
    this.likeness = likeness;
    this.channel = channel;
    this.publication = publication;
  }

  /**
   * Publishes, in the order of their time, the runs of windows that say something new.
   *
   * @return what the last window says
   */
  Decision publish(Affinity affinity) {
    ChannelMemory next = call.channels.get(channel);
    List<Window> windows = next.windows();
    int[] labels = next.labelArray();
    int to;
    for (int from = 0; from < labels.length; from = to) {
      to = from + 1;
      while (to < labels.length && labels[to] == labels[from]) {
        to++;
      }
      boolean goesOn = to == labels.length;
      int support = support(next, affinity, from, to);
      if (labels[from] == next.speaker()) {
        if (goesOn && next.tentative() && support >= settings.support()) {
          next = firm(next, affinity, from, to);
        }
        continue;
      }
      int first = from;
      while (first + 1 < to
          && (!affinity.counts(first) || goesOn && next.published().get(first) == labels[from])) {
        first++;
      }
      long at = begin(windows, affinity, first);
      if (at <= next.changedAt() && !goesOn) {
        continue;
      }
      boolean plausible = !goesOn || isPlausible(affinity, labels, from, to);
      if (support >= settings.support() && (plausible || support >= settings.patience())) {
        next = turn(next, affinity, from, to, inPlaceOfNothing(next, at), false);
      } else if (goesOn && support >= 1) {
        next = guess(next, affinity, from, to, inPlaceOfNothing(next, at), plausible);
      }
    }
    call.channels.put(channel, next);
    return decision(affinity, next);
  }

  /** Media time at which a window's voice began, where the windows before are of others. */
  private long begin(List<Window> windows, Affinity affinity, int first) {
    int before = first - 1;
    while (before >= 0 && !affinity.counts(before)) {
      before--;
    }
    if (before >= 0) {
      return Boundary.between(windows.get(before).speech(), windows.get(first).speech());
    }
    long at = windows.get(first).speech().get(0).startMillis();
    long middle = windows.get(first).middle();
    for (Passage passage : call.passages) {
      // what was said of it stands
      if (passage.channel() == channel && passage.untilMillis() < middle) {
        at = Math.max(at, passage.untilMillis() + 1);
      }
    }
    return at;
  }

  /** Where nothing was heard since the last change, the next one takes its place. */
  private long inPlaceOfNothing(ChannelMemory memory, long at) {
    long since = memory.changedAt();
    boolean nothing =
        since >= 0
            && since < at
            && memory.windows().stream().noneMatch(w -> w.middle() >= since && w.middle() < at)
            && call.passages.stream()
                .noneMatch(p -> p.channel() == channel && p.untilMillis() >= since);
    return nothing ? since : at;
  }

  private Decision decision(Affinity affinity, ChannelMemory memory) {
    int[] labels = memory.labelArray();
    int last = labels.length - 1;
    if (affinity.weight(last) < LITTLE) {
      return new Decision.Inconclusive(Decision.Reason.TOO_LITTLE_SPEECH);
    }
    int number = labels[last];
    Scores scores = scores(memory, affinity, last, last + 1, number);
    if (!call.voices.get(number).isNamed() || number != memory.speaker()) {
      boolean across = last > 0 && labels[last - 1] != number;
      return across && call.voices.get(number).isNamed()
          ? new Decision.Inconclusive(Decision.Reason.TWO_VOICES)
          : new Decision.Unknown(scores.runnerUp());
    }
    String name = call.voices.get(number).name();
    if (minted.equals(name)) {
      return new Decision.NewVoice(name, scores.runnerUp());
    }
    return new Decision.Match(
        name, scores.own(), Math.max(0, scores.own() - scores.runnerUp()), scores.ratio());
  }

  /** One segment speaks for a change: that is said, and may be taken back. */
  private ChannelMemory guess(
      ChannelMemory memory, Affinity affinity, int from, int to, long at, boolean plausible) {
    int[] labels = memory.labelArray();
    if (memory.speaker() == ChannelMemory.NOBODY) {
      return unknown(memory, at);
    }
    if (!settings.guesses()) {
      return memory;
    }
    if (plausible && call.voices.get(labels[from]).isNamed()) {
      return turn(memory, affinity, from, to, at, true);
    }
    return memory;
  }

  private ChannelMemory unknown(ChannelMemory memory, long at) {
    publication.publish(
        ChangeType.CHANGED,
        channel,
        at,
        Change.OPEN,
        ChannelMemory.UNKNOWN,
        publication.nameOf(memory.speaker()),
        true,
        DecisionKind.UNKNOWN,
        Scores.NOTHING);
    return changed(memory, ChannelMemory.UNKNOWN, true, at);
  }

  /** What one segment said, more say now: it holds from the same time on, or from an earlier. */
  private ChannelMemory firm(ChannelMemory memory, Affinity affinity, int from, int to) {
    int speaker = memory.speaker();
    int first = from;
    while (first + 1 < to
        && (!affinity.counts(first) || memory.published().get(first) == speaker)) {
      first++;
    }
    long since = Math.min(memory.changedAt(), begin(memory.windows(), affinity, first));
    publication.publish(
        ChangeType.CHANGED,
        channel,
        since,
        Change.OPEN,
        speaker,
        publication.nameOf(speaker),
        !call.voices.get(speaker).confirmed(),
        DecisionKind.MATCH,
        scores(memory, affinity, from, to, speaker));
    return changed(memory, speaker, false, since);
  }

  private ChannelMemory turn(
      ChannelMemory memory, Affinity affinity, int from, int to, long at, boolean guessed) {
    int number = memory.labels().get(from);
    Scores scores = scores(memory, affinity, from, to, number);
    DecisionKind decision = DecisionKind.MATCH;
    if (!call.voices.get(number).isNamed()) {
      publication.name(number);
      minted = call.voices.get(number).name();
      decision = DecisionKind.NEW;
      // how far the nearest voice is from being this one
      scores =
          new Scores(scores.runnerUp(), 2 * scores.runnerUp() - settings.threshold(), Double.NaN);
    }
    call.voices.set(number, call.voices.get(number).alsoOn(channel));
    publication.publish(
        ChangeType.CHANGED,
        channel,
        at,
        Change.OPEN,
        number,
        publication.nameOf(memory.speaker()),
        guessed || !call.voices.get(number).confirmed(),
        decision,
        scores);
    return changed(memory, number, guessed, at);
  }

  /** The channel as it is published after a change: all from there on is the speaker's. */
  private ChannelMemory changed(ChannelMemory memory, int speaker, boolean tentative, long at) {
    int[] published = memory.publishedArray();
    for (int i = 0; i < published.length; i++) {
      if (memory.windows().get(i).middle() >= at) {
        published[i] = speaker;
      }
    }
    call.passages.replaceAll(
        passage ->
            passage.channel() == channel && passage.published() != speaker
                ? passage.supersededFrom(at)
                : passage);
    return memory.publishedAs(published).turned(speaker, tentative, at);
  }

  /**
   * Whether a run may well be of the voice it is labelled with, and is not just nearest to it: then
   * it is rather of somebody new, of whom there is too little yet.
   */
  private boolean isPlausible(Affinity affinity, int[] labels, int from, int to) {
    int model = call.channels.get(channel).model();
    int voice = labels[from];
    int[] others = labels.clone();
    Arrays.fill(others, from, to, ChannelMemory.NOBODY);
    double[] weights = affinity.weights(labels);
    Background background = call.backgrounds(channel, model, affinity.dimension())[voice];
    for (int i = from; i < to; i++) {
      if (affinity.similarity(i, voice, others, weights, background) >= settings.threshold()) {
        return true;
      }
    }
    return false;
  }

  /** Number of windows from..to with speech after the last change. */
  private static int support(ChannelMemory memory, Affinity affinity, int from, int to) {
    long after = memory.tentative() ? memory.changedAt() - 1 : memory.changedAt();
    int support = 0;
    for (int i = from; i < to; i++) {
      List<Span> speech = memory.windows().get(i).speech();
      if (affinity.counts(i) && speech.get(speech.size() - 1).endMillis() > after) {
        support++;
      }
    }
    return support;
  }

  private Scores scores(ChannelMemory memory, Affinity affinity, int from, int to, int number) {
    int[] labels = memory.labelArray();
    double[] weights = affinity.weights(labels);
    Background[] backgrounds = call.backgrounds(channel, memory.model(), affinity.dimension());
    double runnerUp = -1;
    for (int v = 0; v < call.voices.size(); v++) {
      if (v != number
          && call.voices.get(v).isNamed()
          && call.voices.get(v).model() == memory.model()) {
        runnerUp = Math.max(runnerUp, affinity.score(from, to, v, labels, weights, backgrounds[v]));
      }
    }
    return new Scores(
        affinity.score(from, to, number, labels, weights, backgrounds[number]),
        runnerUp,
        ratio(memory, affinity, from, to, number, backgrounds[number]));
  }

  /** Of the windows from..to against the rest of the voice. */
  private double ratio(
      ChannelMemory memory,
      Affinity affinity,
      int from,
      int to,
      int number,
      Background background) {
    int[] labels = memory.labelArray();
    int[] rest = labels.clone();
    Arrays.fill(rest, from, to, ChannelMemory.NOBODY);
    double[] weights = affinity.weights(labels);
    double massOfRest = affinity.mass(rest, number) + background.mass();
    int[] run = new int[labels.length];
    Arrays.fill(run, ChannelMemory.NOBODY);
    Arrays.fill(run, from, to, number);
    double mass = affinity.mass(run, number);
    Likeness fitting = likeness.of(affinity.dimension());
    if (!fitting.isCalibrated() || massOfRest < 1 || mass == 0) {
      return Double.NaN;
    }
    float[] other = affinity.centroid(number, rest, weights, background);
    double cosine = fitting.cosine(affinity.mean(number, run, weights), other);
    return fitting.ratio(
        cosine,
        Piece.SECONDS * (1 + mass),
        Piece.SECONDS * (1 + massOfRest),
        memory.windows().get(from).telephone());
  }
}
