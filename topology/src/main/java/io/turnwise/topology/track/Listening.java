package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One step of {@link SpeakerTracker}: a working copy of a call's state. Used once. */
final class Listening {
  private static final int ROUNDS = 3;

  /** Hop, in milliseconds, at which a segment counts in full: shorter ones repeat themselves. */
  private static final double FULL_HOP = 750;

  private static final double FULL_SPEECH = 1500;

  /** Segments with little speech are like each other, whoever speaks: the silence is. */
  private static final double SPEECH_POWER = 1.5;

  private static final double LEAST_WEIGHT = 0.05;

  /** Least weight of a segment that joins a voice for good. */
  private static final double JOINING_WEIGHT = 0.5;

  private static final double IMPOSSIBLE = -1e9;

  private final TrackerSettings settings;
  private final EnrolledVoices enrolled;
  private final List<String> models;
  private final List<Voice> voices;
  private final SortedMap<Integer, ChannelMemory> channels;
  private final List<Change> changes = new ArrayList<>();
  private long revision;
  private int names;

  Listening(TrackerSettings settings, CallVoices before, EnrolledVoices enrolled) {
    this.settings = settings;
    this.enrolled = enrolled;
    models = new ArrayList<>(before.models());
    voices = new ArrayList<>(before.voices());
    channels = new TreeMap<>(before.channels());
    revision = before.revision();
    names = before.names();
  }

  Tracking tracking() {
    CallVoices after =
        channels.isEmpty()
            ? CallVoices.none()
            : new CallVoices(revision, names, List.copyOf(models), List.copyOf(voices), channels);
    return new Tracking(after, changes);
  }

  void hear(Observation segment) {
    int channel = segment.channel();
    int model = model(segment.fingerprint());
    ChannelMemory memory =
        channels.getOrDefault(channel, ChannelMemory.first(segment.role(), model)).with(model);
    List<Window> windows = new ArrayList<>(memory.windows());
    List<Integer> known = new ArrayList<>(memory.labels());
    if (windows.size() == TrackerSettings.WINDOWS) {
      retire(windows, known);
    }
    Window window = window(segment, windows);
    windows.add(window);
    known.add(
        known.isEmpty()
            ? add(Voice.empty(model, channel, segment.voice().length), new int[0], channel)
            : known.get(known.size() - 1));

    Affinity affinity = new Affinity(settings, windows);
    int[] labels =
        relabel(affinity, known.stream().mapToInt(Integer::intValue).toArray(), channel, model);
    int[] parts = split(affinity, labels, channel, model);
    if (parts.length > 0) {
      labels = relabel(affinity, parts, channel, model);
    }
    channels.put(
        channel,
        publish(
            memory.heard(segment.role(), windows, labels),
            affinity,
            channel,
            segment.capturedAt()));
  }

  void end(int channel, Instant capturedAt) {
    ChannelMemory memory = channels.remove(channel);
    if (memory.speaker() == ChannelMemory.NOBODY && !memory.windows().isEmpty()) {
      revision++;
      changes.add(
          new Change(
              revision,
              ChangeType.CHANGED,
              channel,
              memory.role(),
              memory.windows().get(0).speech().get(0).startMillis(),
              Change.OPEN,
              "",
              false,
              "",
              false,
              DecisionKind.INCONCLUSIVE,
              -1,
              0,
              Float.NaN,
              capturedAt,
              models.get(memory.model())));
    }
  }

  private int model(String fingerprint) {
    int known = models.indexOf(fingerprint);
    if (known >= 0) {
      return known;
    }
    models.add(fingerprint);
    return models.size() - 1;
  }

  private static Window window(Observation segment, List<Window> before) {
    long start = segment.span().startMillis();
    double hop = before.isEmpty() ? FULL_HOP : start - before.get(before.size() - 1).startMillis();
    double weight =
        Math.pow(Math.min(1, segment.speechMillis() / FULL_SPEECH), SPEECH_POWER)
            * Math.min(1, hop / FULL_HOP);
    return new Window(
        start,
        segment.speech(),
        (float) Math.max(LEAST_WEIGHT, weight),
        Window.packed(segment.voice()));
  }

  /** The oldest window leaves: it joins its voice for good, unless it may hold another one too. */
  private void retire(List<Window> windows, List<Integer> labels) {
    Window oldest = windows.remove(0);
    int label = labels.remove(0);
    if (labels.get(0) == label && oldest.weight() > JOINING_WEIGHT) {
      voices.set(label, voices.get(label).with(oldest.unit(), oldest.weight()));
    }
  }

  /** Adds a voice under a number that stands for nobody. */
  private int add(Voice voice, int[] labels, int channel) {
    int number = unused(labels, channel);
    if (number == voices.size()) {
      voices.add(voice);
    } else {
      voices.set(number, voice);
    }
    return number;
  }

  /** A number that was given up, having never been published, or else the next. */
  private int unused(int[] labels, int channel) {
    boolean[] used = new boolean[voices.size()];
    for (int label : labels) {
      used[label] = true;
    }
    for (Map.Entry<Integer, ChannelMemory> other : channels.entrySet()) {
      if (other.getKey() != channel) {
        other.getValue().labels().forEach(label -> used[label] = true);
      }
    }
    for (int v = 0; v < used.length; v++) {
      if (!used[v] && voices.get(v).mass() == 0 && voices.get(v).name().isEmpty()) {
        return v;
      }
    }
    return used.length;
  }

  /** What is known of each voice besides a channel's windows; of other models' voices nothing. */
  private Background[] backgrounds(int channel, int model, int dimension) {
    Background[] backgrounds = new Background[voices.size()];
    for (int v = 0; v < backgrounds.length; v++) {
      backgrounds[v] = new Background(dimension);
      if (voices.get(v).model() == model) {
        backgrounds[v].add(voices.get(v));
      }
    }
    for (Map.Entry<Integer, ChannelMemory> entry : channels.entrySet()) {
      ChannelMemory other = entry.getValue();
      if (entry.getKey() != channel && other.model() == model) {
        for (int i = 0; i < other.windows().size(); i++) {
          Window window = other.windows().get(i);
          backgrounds[other.labels().get(i)].add(window.unit(), window.weight(), settings.usual());
        }
      }
    }
    return backgrounds;
  }

  /** Says anew who spoke in each window, until that and the voices agree. */
  private int[] relabel(Affinity affinity, int[] labels, int channel, int model) {
    Background[] backgrounds = backgrounds(channel, model, affinity.dimension());
    int count = voices.size();
    int[] current = labels;
    for (int round = 0; round < ROUNDS; round++) {
      double[] weights = affinity.weights(current);
      boolean[] heard = new boolean[count];
      for (int label : current) {
        heard[label] = true;
      }
      double[] cohesion = new double[count];
      for (int v = 0; v < count; v++) {
        cohesion[v] = affinity.cohesion(v, current, weights, backgrounds[v]);
      }
      double sum = 0;
      double mass = 0;
      for (int i = 0; i < current.length; i++) {
        sum += weights[i] * cohesion[current[i]];
        mass += weights[i];
      }
      double noise = affinity.noise(sum / mass);
      double[][] evidence = new double[current.length][count];
      for (int v = 0; v < count; v++) {
        boolean possible = heard[v] || backgrounds[v].mass() > 0;
        double foreign = voices.get(v).channels().contains(channel) ? 0 : settings.foreign();
        for (int i = 0; i < current.length; i++) {
          evidence[i][v] =
              possible
                  ? affinity.evidence(
                      i,
                      affinity.similarity(i, v, current, weights, backgrounds[v]) - foreign,
                      cohesion[v],
                      noise)
                  : IMPOSSIBLE;
        }
      }
      int[] next = Path.likeliest(evidence, settings.switchCost());
      if (Arrays.equals(next, current)) {
        return current;
      }
      current = next;
    }
    return current;
  }

  /**
   * Looks whether whoever speaks now is taken for somebody else: tries to tell the voice of the
   * last window apart into two.
   *
   * @return the labels with the new voice among them; empty where there is none
   */
  private int[] split(Affinity affinity, int[] labels, int channel, int model) {
    int suspect = labels[labels.length - 1];
    int fresh = unused(labels, channel);
    if (fresh >= TrackerSettings.VOICES) {
      return new int[0];
    }
    Affinity.Split split = affinity.split(labels, suspect, fresh);
    int[] parts = split.labels();
    double enough = settings.splitGain() + settings.splitGainPerSegment() * count(labels, suspect);
    if (heardOnOther(channel)) {
      enough += settings.splitGainOfParty();
    }
    if (split.gain() < enough) {
      return new int[0];
    }
    Background[] backgrounds = backgrounds(channel, model, affinity.dimension());
    Background nothing = new Background(affinity.dimension());
    Background past = backgrounds[suspect];
    double[] weights = affinity.weights(parts);
    if (isNewer(affinity, parts, weights, suspect, fresh, past)) {
      for (int i = 0; i < parts.length; i++) {
        parts[i] = parts[i] == suspect ? fresh : parts[i] == fresh ? suspect : parts[i];
      }
    }
    double cohesion = affinity.cohesion(fresh, parts, weights, nothing);
    double noise = affinity.noise(cohesion);
    for (int v = 0; v < backgrounds.length; v++) {
      if (v == fresh) {
        continue;
      }
      Background other = v == suspect ? nothing : backgrounds[v];
      double between = affinity.between(fresh, v, parts, weights, other);
      double distance = cohesion + affinity.cohesion(v, parts, weights, other) - 2 * between;
      if (between > -1 && distance < settings.distance() * noise) {
        return new int[0];
      }
    }
    boolean bothWereThere =
        past.mass() > 0
            && affinity.similarity(suspect, parts, weights, past)
                    - affinity.similarity(fresh, parts, weights, past)
                < settings.distance() * noise;
    if (bothWereThere) {
      double known = Math.min(1, past.mass() / TrackerSettings.MASS);
      if (split.gain() < enough + settings.splitGainOfKnown() * known) {
        return new int[0];
      }
      // What joined the old voice before was of both: the windows at hand describe it better.
      voices.set(suspect, voices.get(suspect).emptied());
    }
    add(Voice.empty(model, channel, affinity.dimension()), labels, channel);
    return parts;
  }

  private boolean heardOnOther(int channel) {
    return voices.stream()
        .anyMatch(voice -> !voice.name().isEmpty() && !voice.channels().contains(channel));
  }

  private static int count(int[] labels, int label) {
    return (int) Arrays.stream(labels).filter(other -> other == label).count();
  }

  /** Whether the part labelled {@code suspect} is the one that came later. */
  private static boolean isNewer(
      Affinity affinity, int[] parts, double[] weights, int suspect, int fresh, Background past) {
    if (past.mass() > 0) {
      return affinity.similarity(fresh, parts, weights, past)
          > affinity.similarity(suspect, parts, weights, past);
    }
    for (int part : parts) {
      if (part == suspect || part == fresh) {
        return part == fresh;
      }
    }
    return false;
  }

  /** Publishes, in the order of their time, the runs of windows that say something new. */
  private ChannelMemory publish(
      ChannelMemory memory, Affinity affinity, int channel, Instant capturedAt) {
    ChannelMemory next = memory;
    List<Window> windows = memory.windows();
    int[] labels = memory.labels().stream().mapToInt(Integer::intValue).toArray();
    int to;
    for (int from = 0; from < labels.length; from = to) {
      to = from + 1;
      while (to < labels.length && labels[to] == labels[from]) {
        to++;
      }
      long at =
          from == 0
              ? windows.get(0).speech().get(0).startMillis()
              : Boundary.between(windows.get(from - 1).speech(), windows.get(from).speech());
      boolean goesOn = to == labels.length;
      boolean isNew = at > next.changedAt() || goesOn;
      int support = support(next, from, to);
      if (isNew
          && labels[from] != next.speaker()
          && support >= settings.support()
          && (!goesOn
              || support >= settings.patience()
              || isPlausible(affinity, labels, from, to, channel))) {
        next =
            turn(next, affinity, from, to, Math.max(at, next.changedAt() + 1), channel, capturedAt);
      }
    }
    return next;
  }

  /**
   * Whether a run may well be of the voice it is labelled with, and is not just nearest to it: then
   * it is rather of somebody new, of whom there is too little yet.
   */
  private boolean isPlausible(Affinity affinity, int[] labels, int from, int to, int channel) {
    int voice = labels[from];
    int[] others = labels.clone();
    Arrays.fill(others, from, to, ChannelMemory.NOBODY);
    double[] weights = affinity.weights(labels);
    Background background =
        backgrounds(channel, voices.get(voice).model(), affinity.dimension())[voice];
    for (int i = from; i < to; i++) {
      if (affinity.similarity(i, voice, others, weights, background) >= settings.threshold()) {
        return true;
      }
    }
    return false;
  }

  /** Number of windows from..to with speech after the last change. */
  private static int support(ChannelMemory memory, int from, int to) {
    int support = 0;
    for (Window window : memory.windows().subList(from, to)) {
      List<Span> speech = window.speech();
      if (speech.get(speech.size() - 1).endMillis() > memory.changedAt()) {
        support++;
      }
    }
    return support;
  }

  private ChannelMemory turn(
      ChannelMemory memory,
      Affinity affinity,
      int from,
      int to,
      long at,
      int channel,
      Instant capturedAt) {
    int[] labels = memory.labels().stream().mapToInt(Integer::intValue).toArray();
    int number = labels[from];
    double[] weights = affinity.weights(labels);
    Background[] backgrounds = backgrounds(channel, memory.model(), affinity.dimension());
    double runnerUp = -1;
    for (int v = 0; v < voices.size(); v++) {
      if (v != number
          && !voices.get(v).name().isEmpty()
          && voices.get(v).model() == memory.model()) {
        runnerUp = Math.max(runnerUp, affinity.score(from, to, v, labels, weights, backgrounds[v]));
      }
    }
    DecisionKind decision = DecisionKind.MATCH;
    double score = affinity.score(from, to, number, labels, weights, backgrounds[number]);
    double margin = score - runnerUp;
    if (voices.get(number).name().isEmpty()) {
      Recognition recognition = recognise(affinity.mean(number, labels, weights), memory.model());
      if (recognition.score() >= settings.threshold() + settings.enrolledAbove()) {
        int known = numberOf(recognition.speakerId());
        if (known != ChannelMemory.NOBODY) {
          return same(memory, number, known, at, channel, recognition, capturedAt);
        }
        voices.set(number, voices.get(number).named(recognition.speakerId(), true));
        score = recognition.score();
        margin = recognition.margin();
      } else {
        voices.set(number, voices.get(number).named(newName(memory.model()), false));
        decision = DecisionKind.NEW;
        score = runnerUp;
        margin = settings.threshold() - runnerUp;
      }
    }
    change(memory, number, at, decision, score, margin, channel, capturedAt);
    return memory.turned(number, at);
  }

  /** A voice turns out to be that of somebody the call knows already. */
  private ChannelMemory same(
      ChannelMemory memory,
      int number,
      int known,
      long at,
      int channel,
      Recognition recognition,
      Instant capturedAt) {
    ChannelMemory next = memory.relabelled(number, known);
    if (known == memory.speaker()) {
      return next;
    }
    change(
        next,
        known,
        at,
        DecisionKind.MATCH,
        recognition.score(),
        recognition.margin(),
        channel,
        capturedAt);
    return next.turned(known, at);
  }

  private void change(
      ChannelMemory memory,
      int number,
      long at,
      DecisionKind decision,
      double score,
      double margin,
      int channel,
      Instant capturedAt) {
    Voice voice = voices.get(number).alsoOn(channel);
    voices.set(number, voice);
    revision++;
    changes.add(
        new Change(
            revision,
            ChangeType.CHANGED,
            channel,
            memory.role(),
            at,
            Change.OPEN,
            voice.name(),
            voice.enrolled(),
            memory.speaker() == ChannelMemory.NOBODY ? "" : voices.get(memory.speaker()).name(),
            false,
            decision,
            (float) Math.max(-1, Math.min(1, score)),
            (float) Math.max(0, Math.min(2, margin)),
            Float.NaN,
            capturedAt,
            models.get(memory.model())));
  }

  /**
   * The enrolled voice nearest to a voice.
   *
   * @param score average cosine of the voice's segments with it; -1 where there is none
   * @param margin how far that is above the next one's
   */
  private record Recognition(String speakerId, double score, double margin) {}

  private Recognition recognise(float[] mean, int model) {
    String speakerId = "";
    double best = -1;
    double second = -1;
    for (EnrolledVoices.Enrolled candidate : enrolled.of(models.get(model))) {
      if (candidate.voice().length == mean.length) {
        double similarity = UnitVector.dot(mean, candidate.voice());
        if (similarity > best) {
          second = best;
          best = similarity;
          speakerId = candidate.speakerId();
        } else if (similarity > second) {
          second = similarity;
        }
      }
    }
    return new Recognition(speakerId, best, best - second);
  }

  private int numberOf(String speakerId) {
    for (int v = 0; v < voices.size(); v++) {
      if (voices.get(v).enrolled() && voices.get(v).name().equals(speakerId)) {
        return v;
      }
    }
    return ChannelMemory.NOBODY;
  }

  /** S1, S2, ... but for what is the id of somebody enrolled. */
  private String newName(int model) {
    while (true) {
      names++;
      String name = "S" + names;
      if (enrolled.of(models.get(model)).stream()
          .noneMatch(candidate -> candidate.speakerId().equals(name))) {
        return name;
      }
    }
  }
}
