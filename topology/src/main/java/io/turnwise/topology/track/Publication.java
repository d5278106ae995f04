package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.inference.calibration.Calibration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Publishes what is believed otherwise than it was published. Used once. */
final class Publication {
  /** Weight of a segment that says too little of who speaks. */
  private static final double LITTLE = 0.15;

  /** Windows that must follow before what was published of one is taken back. */
  private static final int SETTLED = 4;

  private final Call call;
  private final TrackerSettings settings;
  private final EnrolledVoices enrolled;
  private final Likeness likeness;
  private final Instant capturedAt;

  /** The channel whose audio decided. */
  private final int channel;

  private String minted = "";

  Publication(
      Call call,
      Calibration calibration,
      EnrolledVoices enrolled,
      int channel,
      Instant capturedAt) {
    this.call = call;
    this.settings = call.settings;
    this.enrolled = enrolled;
    likeness = new Likeness(calibration);
    this.channel = channel;
    this.capturedAt = capturedAt;
  }

  /**
   * Publishes, in the order of their time, the runs of windows that say something new.
   *
   * @return what the last window says
   */
  Decision turns(Affinity affinity) {
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
          : new Decision.Unknown(scores.runnerUp);
    }
    String name = call.voices.get(number).name();
    if (minted.equals(name)) {
      return new Decision.NewVoice(name, scores.runnerUp);
    }
    return new Decision.Match(
        name, scores.own, Math.max(0, scores.own - scores.runnerUp), scores.ratio);
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
    publish(
        ChangeType.CHANGED,
        channel,
        at,
        Change.OPEN,
        ChannelMemory.UNKNOWN,
        nameOf(memory.speaker()),
        true,
        DecisionKind.UNKNOWN,
        NOTHING);
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
    publish(
        ChangeType.CHANGED,
        channel,
        since,
        Change.OPEN,
        speaker,
        nameOf(speaker),
        !call.voices.get(speaker).confirmed(),
        DecisionKind.MATCH,
        scores(memory, affinity, from, to, speaker));
    return changed(memory, speaker, false, since);
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

  private record Scores(double own, double runnerUp, double ratio) {}

  /** Of an event that no comparison of its own led to. */
  private static final Scores NONE = new Scores(0, 0, Double.NaN);

  /** Of an event before there was anything to compare with. */
  private static final Scores NOTHING = new Scores(-1, -1, Double.NaN);

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
    Likeness likeness = this.likeness.of(affinity.dimension());
    if (!likeness.isCalibrated() || massOfRest < 1 || mass == 0) {
      return Double.NaN;
    }
    float[] other = affinity.centroid(number, rest, weights, background);
    double cosine = likeness.cosine(affinity.mean(number, run, weights), other);
    return likeness.ratio(
        cosine,
        SECONDS * (1 + mass),
        SECONDS * (1 + massOfRest),
        memory.windows().get(from).telephone());
  }

  /** Looks whether voices of the call are enrolled ones. */
  void recognise(int model) {
    String fingerprint = call.models.get(model);
    if (enrolled.of(fingerprint).isEmpty()) {
      return;
    }
    for (int v = 0; v < call.voices.size(); v++) {
      Voice voice = call.voices.get(v);
      if (voice.model() == model && !voice.enrolled()) {
        recognise(v, fingerprint);
      }
    }
  }

  private void recognise(int number, String fingerprint) {
    int segments = 0;
    double mass = 0;
    boolean telephone = false;
    Background all = null;
    for (Piece piece : pieces(number, call.voices.get(number).model())) {
      all = all == null ? new Background(piece.mean().length) : all;
      all.add(piece);
      segments++;
      mass += piece.weight();
    }
    for (ChannelMemory memory : call.channels.values()) {
      for (int i = 0; i < memory.windows().size(); i++) {
        telephone |= memory.labels().get(i) == number && memory.windows().get(i).telephone();
      }
    }
    if (all == null || mass == 0 || segments < settings.support()) {
      return;
    }
    Likeness likeness = this.likeness.of(all.centroid().length);
    Recognition found = Recognition.of(all.centroid(), enrolled, fingerprint, likeness);
    double seconds = SECONDS * (1 + mass);
    boolean same =
        likeness.isCalibrated()
            ? likeness.ratio(found.score(), seconds, seconds, telephone) >= settings.enrolledRatio()
            : found.score() >= settings.threshold() + settings.enrolledAbove();
    if (found.speakerId().isEmpty() || !same || found.margin() < settings.enrolledMargin()) {
      return;
    }
    int known = numberOf(found.speakerId());
    if (known != ChannelMemory.NOBODY) {
      takeFor(number, known);
      return;
    }
    Voice voice = call.voices.get(number);
    call.voices.set(number, voice.named(found.speakerId(), true));
    if (voice.isNamed()) {
      publish(
          ChangeType.MERGED,
          channel,
          firstPublished(number),
          Change.OPEN,
          number,
          voice.name(),
          true,
          DecisionKind.MATCH,
          new Scores(
              found.score(),
              found.score() - found.margin(),
              likeness.ratio(found.score(), seconds, seconds, telephone)));
    }
  }

  private int numberOf(String speakerId) {
    for (int v = 0; v < call.voices.size(); v++) {
      if (call.voices.get(v).enrolled() && call.voices.get(v).name().equals(speakerId)) {
        return v;
      }
    }
    return ChannelMemory.NOBODY;
  }

  /** Everything that is believed to be of one voice is believed to be of another. */
  private void takeFor(int from, int into) {
    call.channels.replaceAll(
        (on, memory) ->
            memory.labelled(
                memory.labels().stream()
                    .mapToInt(label -> label == from ? into : label)
                    .toArray()));
    call.passages.replaceAll(passage -> passage.voice() == from ? passage.takenFor(into) : passage);
  }

  private List<Piece> pieces(int number, int model) {
    List<Piece> pieces = new ArrayList<>();
    for (Passage passage : call.passages) {
      if (passage.voice() == number && passage.model() == model && passage.mass() > 0) {
        pieces.add(passage.piece());
      }
    }
    for (int on : call.channels.keySet()) {
      ChannelMemory memory = call.channels.get(on);
      List<Piece> windows = memory.model() == model ? call.pieces(on) : List.of();
      for (int i = 0; i < windows.size(); i++) {
        if (memory.labels().get(i) == number && windows.get(i).weight() > 0) {
          pieces.add(windows.get(i));
        }
      }
    }
    return pieces;
  }

  private ChannelMemory turn(
      ChannelMemory memory, Affinity affinity, int from, int to, long at, boolean guessed) {
    int number = memory.labels().get(from);
    Scores scores = scores(memory, affinity, from, to, number);
    DecisionKind decision = DecisionKind.MATCH;
    if (!call.voices.get(number).isNamed()) {
      name(number);
      minted = call.voices.get(number).name();
      decision = DecisionKind.NEW;
      // how far the nearest voice is from being this one
      scores = new Scores(scores.runnerUp, 2 * scores.runnerUp - settings.threshold(), Double.NaN);
    }
    call.voices.set(number, call.voices.get(number).alsoOn(channel));
    publish(
        ChangeType.CHANGED,
        channel,
        at,
        Change.OPEN,
        number,
        nameOf(memory.speaker()),
        guessed || !call.voices.get(number).confirmed(),
        decision,
        scores);
    return changed(memory, number, guessed, at);
  }

  private String nameOf(int number) {
    return number >= 0 ? call.voices.get(number).name() : "";
  }

  private void name(int number) {
    Voice voice = call.voices.get(number);
    call.voices.set(number, voice.named(newName(), false));
  }

  /** One piece of a channel, and what is believed and published of it. */
  private record Stretch(
      long fromMillis,
      long untilMillis,
      double weight,
      int voice,
      int published,
      int place,
      boolean isWindow) {}

  /**
   * Takes back what was published and is not believed any more.
   *
   * @param ends whether nothing more comes on the deciding channel
   */
  void corrections(boolean ends) {
    merges();
    call.untangle();
    for (int on : call.heardOn()) {
      reassignments(on, ends && on == channel);
    }
    call.untangle();
    retirements();
    confirmations();
  }

  /** Voices of which nothing is believed any more are the voice that most of them is. */
  private void merges() {
    int count = call.voices.size();
    int[][] together = new int[count][count];
    int[] believed = new int[count];
    for (ChannelMemory memory : call.channels.values()) {
      for (int i = 0; i < memory.windows().size(); i++) {
        count(together, believed, memory.published().get(i), memory.labels().get(i));
      }
      if (memory.speaker() >= 0 && memory.windows().isEmpty()) {
        believed[memory.speaker()]++;
      }
    }
    for (Passage passage : call.passages) {
      count(together, believed, passage.published(), passage.voice());
    }
    for (int v = 0; v < count; v++) {
      if (call.voices.get(v).isNamed() && believed[v] == 0) {
        int into = 0;
        int all = 0;
        for (int other = 0; other < count; other++) {
          into = together[v][other] > together[v][into] ? other : into;
          all += together[v][other];
        }
        boolean mostly = all > 0 && 5 * together[v][into] >= 4 * all;
        boolean staysEnrolled = call.voices.get(v).enrolled() && call.voices.get(into).isNamed();
        if (!staysEnrolled && (mostly || all > 0 && call.voices.get(v).confirmed())) {
          merge(v, into);
        }
      }
    }
  }

  private static void count(int[][] together, int[] believed, int published, int voice) {
    believed[voice]++;
    if (published >= 0) {
      together[published][voice]++;
    }
  }

  private void merge(int from, int into) {
    if (!call.voices.get(into).isNamed()) {
      // the name is known already: it stays with whom it is of
      Voice old = call.voices.get(from);
      Voice next = call.voices.get(into);
      call.voices.set(
          into,
          new Voice(old.name(), old.enrolled(), old.confirmed(), old.model(), next.channels()));
      call.voices.set(from, next);
    } else {
      publish(
          ChangeType.MERGED,
          channel,
          firstPublished(from),
          Change.OPEN,
          into,
          nameOf(from),
          !call.voices.get(into).confirmed(),
          DecisionKind.MATCH,
          NONE);
      call.voices.set(from, Voice.unnamed(call.voices.get(from).model(), channel));
    }
    rename(from, into);
  }

  /** What was published as one voice is another's from now on. */
  private void rename(int from, int into) {
    call.channels.replaceAll(
        (on, memory) -> {
          int[] published = memory.publishedArray();
          for (int i = 0; i < published.length; i++) {
            published[i] = published[i] == from ? into : published[i];
          }
          ChannelMemory next = memory.publishedAs(published);
          return memory.speaker() == from
              ? next.turned(into, memory.tentative(), memory.changedAt())
              : next;
        });
    for (int p = 0; p < call.passages.size(); p++) {
      if (call.passages.get(p).published() == from) {
        call.passages.set(p, call.passages.get(p).publishedAs(into));
      }
    }
  }

  /** A moment before which nothing was published as a voice, on any channel. */
  private long firstPublished(int voice) {
    long first = firstHeard(voice);
    for (int on : call.heardOn()) {
      List<Stretch> stretches = stretches(on);
      for (Stretch stretch : stretches) {
        if (stretch.published() == voice) {
          first = Math.min(first, begin(on, stretches, stretch));
        }
      }
    }
    return first;
  }

  private long firstHeard(int voice) {
    long first = Long.MAX_VALUE;
    for (Passage passage : call.passages) {
      if (passage.published() == voice || passage.voice() == voice) {
        first = Math.min(first, passage.fromMillis() - HALF);
      }
    }
    for (ChannelMemory memory : call.channels.values()) {
      for (int i = 0; i < memory.windows().size(); i++) {
        if (memory.published().get(i) == voice || memory.labels().get(i) == voice) {
          first = Math.min(first, memory.windows().get(i).startMillis());
        }
      }
    }
    return Math.max(0, first == Long.MAX_VALUE ? 0 : first);
  }

  /** Half a segment, in milliseconds: what lies before the middle of its speech at most. */
  private static final long HALF = 1500;

  private void reassignments(int on, boolean ends) {
    List<Stretch> stretches = stretches(on);
    int settled = stretches.size();
    if (!ends) {
      settled -= Math.min(call.windows(on).size(), SETTLED);
    }
    int to;
    for (int from = 0; from < stretches.size(); from = to) {
      Stretch first = stretches.get(from);
      to = from + 1;
      while (to < stretches.size()
          && stretches.get(to).voice() == first.voice()
          && stretches.get(to).published() == first.published()) {
        to++;
      }
      boolean known = first.published() != ChannelMemory.NOBODY;
      double weight = 0;
      for (Stretch stretch : stretches.subList(from, to)) {
        weight += stretch.weight();
      }
      if (known
          && first.voice() != first.published()
          && to <= settled
          && weight >= settings.reassignMass()) {
        reassign(on, stretches, from, to);
      }
    }
  }

  private void reassign(int on, List<Stretch> stretches, int from, int to) {
    Stretch first = stretches.get(from);
    boolean isNew = !call.voices.get(first.voice()).isNamed();
    if (isNew && to - from < settings.support() && first.isWindow()) {
      return;
    }
    long at = begin(on, stretches, first);
    long until = end(on, stretches, stretches.get(to - 1));
    if (until <= at) {
      return;
    }
    if (isNew) {
      name(first.voice());
    }
    call.voices.set(first.voice(), call.voices.get(first.voice()).alsoOn(on));
    publish(
        ChangeType.REASSIGNED,
        on,
        at,
        until,
        first.voice(),
        nameOf(first.published()),
        !call.voices.get(first.voice()).confirmed(),
        DecisionKind.MATCH,
        NONE);
    for (Stretch stretch : stretches.subList(from, to)) {
      if (stretch.isWindow()) {
        ChannelMemory memory = call.channels.get(on);
        int[] published = memory.publishedArray();
        published[stretch.place()] = first.voice();
        call.channels.put(on, memory.publishedAs(published));
      } else {
        call.passages.set(
            stretch.place(), call.passages.get(stretch.place()).publishedAs(first.voice()));
      }
    }
  }

  /**
   * From when on what was published of a stretch is taken back: not of what lies before it. What is
   * published as another voice is not touched by that, so it only has to be parted from what was
   * published as the same one.
   */
  private long begin(int on, List<Stretch> stretches, Stretch first) {
    long at = -1;
    for (Stretch before : stretches) {
      if (before.untilMillis() < first.fromMillis()) {
        at = Math.max(at, edge(on, before, first, first.published(), before.untilMillis() + 1));
      } else if (before.fromMillis() < first.fromMillis() && touches(before, first)) {
        return Long.MAX_VALUE;
      }
    }
    return at >= 0 ? at : Math.max(0, first.fromMillis() - HALF);
  }

  /** Up to when what was published of a stretch is taken back. */
  private long end(int on, List<Stretch> stretches, Stretch last) {
    long until = Long.MAX_VALUE;
    for (Stretch after : stretches) {
      if (after.fromMillis() > last.untilMillis()) {
        until = Math.min(until, edge(on, last, after, last.published(), after.fromMillis()));
      } else if (after.untilMillis() > last.untilMillis() && touches(after, last)) {
        return 0;
      }
    }
    return until < Long.MAX_VALUE ? until : last.untilMillis() + HALF;
  }

  private static boolean touches(Stretch one, Stretch other) {
    return one.published() == other.published() && one.voice() != other.voice();
  }

  /**
   * A moment after the one stretch and not after the beginning of the other.
   *
   * @param kept where one of them was published as another voice: as near to that one as can be
   */
  private long edge(int on, Stretch before, Stretch after, int published, long kept) {
    if (before.published() != published || after.published() != published) {
      return kept;
    }
    if (before.isWindow() && after.isWindow()) {
      List<Window> windows = call.windows(on);
      long between =
          Boundary.between(
              windows.get(before.place()).speech(), windows.get(after.place()).speech());
      return Math.min(after.fromMillis(), Math.max(before.untilMillis() + 1, between));
    }
    return (before.untilMillis() + after.fromMillis() + 1) / 2;
  }

  private List<Stretch> stretches(int on) {
    List<Stretch> stretches = new ArrayList<>();
    for (int p = 0; p < call.passages.size(); p++) {
      Passage passage = call.passages.get(p);
      if (passage.channel() == on) {
        stretches.add(
            new Stretch(
                passage.fromMillis(),
                passage.untilMillis(),
                passage.mass(),
                passage.voice(),
                passage.published(),
                p,
                false));
      }
    }
    stretches.sort(
        Comparator.comparingLong(Stretch::fromMillis).thenComparing(Stretch::untilMillis));
    List<Window> windows = call.windows(on);
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      ChannelMemory memory = call.channels.get(on);
      stretches.add(
          new Stretch(
              window.middle(),
              window.middle(),
              window.leak() ? 0 : window.weight(),
              memory.labels().get(i),
              memory.published().get(i),
              i,
              true));
    }
    return stretches;
  }

  /** Names nobody goes by any more. */
  private void retirements() {
    boolean[] used = new boolean[call.voices.size()];
    for (ChannelMemory memory : call.channels.values()) {
      if (memory.speaker() >= 0) {
        used[memory.speaker()] = true;
      }
      memory.labels().forEach(label -> used[label] = true);
      memory.published().stream().filter(label -> label >= 0).forEach(label -> used[label] = true);
    }
    for (Passage passage : call.passages) {
      used[passage.voice()] = true;
      if (passage.published() >= 0) {
        used[passage.published()] = true;
      }
    }
    for (int v = 0; v < used.length; v++) {
      Voice voice = call.voices.get(v);
      if (voice.isNamed() && !used[v]) {
        // of whom was confirmed all that was said has been taken back; who is enrolled may call
        // again
        if (!voice.confirmed() && !voice.enrolled()) {
          publish(
              ChangeType.RETIRED,
              channel,
              0,
              Change.OPEN,
              v,
              "",
              false,
              DecisionKind.UNKNOWN,
              NONE);
        }
        call.voices.set(v, Voice.unnamed(voice.model(), channel));
      }
    }
  }

  /** Voices of which there is enough, in places enough. */
  private void confirmations() {
    int count = call.voices.size();
    double[] mass = new double[count];
    int[] places = new int[count];
    for (int on : call.heardOn()) {
      List<Window> windows = call.windows(on);
      int last = ChannelMemory.NOBODY;
      for (Stretch stretch : stretches(on)) {
        int v = stretch.voice();
        if (v == stretch.published()) {
          mass[v] += stretch.weight();
          places[v] += last == v ? 0 : 1;
          if (!stretch.isWindow()) {
            places[v] += call.passages.get(stretch.place()).places() - 1;
          } else if (last == v && stretch.place() > 0) {
            places[v] +=
                windows.get(stretch.place() - 1).pausesBefore(windows.get(stretch.place()));
          }
        }
        last = v;
      }
    }
    for (int v = 0; v < count; v++) {
      Voice voice = call.voices.get(v);
      if (voice.isNamed()
          && !voice.confirmed()
          && mass[v] * SECONDS >= settings.confirmSeconds()
          && places[v] >= settings.confirmPlaces()) {
        call.voices.set(v, voice.alsoConfirmed());
        publish(
            ChangeType.CONFIRMED,
            channel,
            firstHeard(v),
            Change.OPEN,
            v,
            "",
            false,
            DecisionKind.MATCH,
            NONE);
      }
    }
  }

  /** Seconds of a call that one full segment stands for. */
  private static final double SECONDS = 0.75;

  void inconclusive(long at) {
    publish(
        ChangeType.CHANGED,
        channel,
        at,
        Change.OPEN,
        ChannelMemory.UNKNOWN,
        "",
        false,
        DecisionKind.INCONCLUSIVE,
        NOTHING);
  }

  private void publish(
      ChangeType type,
      int on,
      long at,
      long until,
      int number,
      String previous,
      boolean tentative,
      DecisionKind decision,
      Scores scores) {
    call.revision++;
    call.changes.add(
        new Change(
            call.revision,
            type,
            on,
            call.role(on),
            at,
            until,
            number >= 0 ? call.voices.get(number).name() : "",
            number >= 0 && call.voices.get(number).enrolled(),
            previous,
            tentative,
            decision,
            (float) Math.max(-1, Math.min(1, scores.own)),
            (float) Math.max(0, Math.min(2, scores.own - scores.runnerUp)),
            (float) scores.ratio,
            capturedAt,
            call.models.get(call.channels.get(channel).model())));
  }

  /** S1, S2, ... but for what is the id of somebody enrolled. */
  private String newName() {
    while (true) {
      call.names++;
      String name = "S" + call.names;
      if (call.models.stream()
          .flatMap(model -> enrolled.of(model).stream())
          .noneMatch(candidate -> candidate.speakerId().equals(name))) {
        return name;
      }
    }
  }
}
