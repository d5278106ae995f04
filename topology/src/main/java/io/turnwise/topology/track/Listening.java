package io.turnwise.topology.track;

import io.turnwise.inference.calibration.Calibration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One step of {@link SpeakerTracker}. Used once. */
final class Listening {
  private static final int ROUNDS = 3;

  /** Segments after which all evidence of the call is looked at again. */
  private static final int REVIEW = 8;

  /**
   * Milliseconds from one segment that is kept to the next: of those in between, which share most
   * of their samples with it, only the newest is, until the next one comes.
   */
  private static final long SPACING = 700;

  /** Hop, in milliseconds, at which a segment counts in full: shorter ones repeat themselves. */
  private static final double FULL_HOP = 750;

  private static final double FULL_SPEECH = 1500;

  /** Segments with little speech are like each other, whoever speaks: the silence is. */
  private static final double SPEECH_POWER = 1.5;

  private static final double LEAST_WEIGHT = 0.05;

  /** Least weight of a segment that joins a voice for good. */
  private static final double JOINING_WEIGHT = 0.5;

  private final TrackerSettings settings;
  private final Call call;
  private final Likeness likeness;
  private final EnrolledVoices enrolled;
  private Decision decision = new Decision.Inconclusive(Decision.Reason.NOTHING_HEARD);

  Listening(
      TrackerSettings settings,
      Calibration calibration,
      CallVoices before,
      EnrolledVoices enrolled) {
    this.settings = settings;
    likeness = new Likeness(calibration);
    this.enrolled = enrolled;
    call = new Call(settings, before);
  }

  Tracking tracking() {
    return new Tracking(call.after(), call.changes, decision);
  }

  void hear(Observation segment) {
    int channel = segment.channel();
    int model = call.model(segment.fingerprint());
    ChannelMemory memory =
        call.channels
            .getOrDefault(channel, ChannelMemory.first(segment.role(), model))
            .of(segment.role(), model);
    List<Window> windows = new ArrayList<>(memory.windows());
    List<Integer> known = new ArrayList<>(memory.labels());
    List<Integer> published = new ArrayList<>(memory.published());
    int before = call.channels.containsKey(channel) ? call.channels.get(channel).model() : model;
    while (windows.size() == TrackerSettings.WINDOWS || before != model && !windows.isEmpty()) {
      retire(channel, before, windows, known, published);
    }
    long heard = memory.heard() + 1;
    int last = windows.size() - 1;
    boolean between =
        last > 0 && windows.get(last).startMillis() - windows.get(last - 1).startMillis() < SPACING;
    if (between) {
      windows.remove(last);
      known.remove(last);
      published.remove(last);
      heard--;
    }
    Window window = window(segment, windows);
    windows.add(window);
    known.add(
        known.isEmpty()
            ? call.add(call.unused(new int[0]), model, channel)
            : known.get(known.size() - 1));
    published.add(memory.speaker());
    // what left the windows is a passage already: the state is whole again
    call.channels.put(channel, memory.with(heard, windows, array(known), array(published)));

    call.markLeaks(channel);

    Affinity affinity = new Affinity(settings, call.pieces(channel));
    int[] labels = relabel(affinity, array(known), channel, model);
    int[] parts = split(affinity, labels, channel, model);
    if (parts.length > 0) {
      labels = relabel(affinity, parts, channel, model);
    }
    call.channels.put(channel, call.channels.get(channel).labelled(labels));
    if (!between && heard % REVIEW == 0) {
      new Review(call, model).settle();
    }
    Publication publication = new Publication(call, enrolled, channel, segment.capturedAt());
    new Identification(call, likeness, enrolled, channel, publication).recognise(model);
    decision = new Turns(call, likeness, channel, publication).publish(affinity);
    new Corrections(call, channel, publication).publish(false);
  }

  void end(int channel, Instant capturedAt) {
    ChannelMemory memory = call.channels.get(channel);
    Publication publication = new Publication(call, enrolled, channel, capturedAt);
    boolean nobody =
        memory.speaker() == ChannelMemory.NOBODY || memory.speaker() == ChannelMemory.UNKNOWN;
    if (nobody && !memory.windows().isEmpty()) {
      publication.inconclusive(memory.windows().get(0).speech().get(0).startMillis());
    } else {
      new Review(call, memory.model()).settle();
      new Identification(call, likeness, enrolled, channel, publication).recognise(memory.model());
      new Corrections(call, channel, publication).publish(true);
    }
    call.end(channel);
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
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
        segment.levelDb(),
        segment.telephone(),
        false,
        Window.packed(segment.voice()));
  }

  /** The oldest window leaves; it counts no more, if it may hold another voice too. */
  private void retire(
      int channel, int model, List<Window> windows, List<Integer> labels, List<Integer> published) {
    Window oldest = windows.remove(0);
    int label = labels.remove(0);
    int before = published.remove(0);
    boolean pure = !oldest.leak() && (labels.isEmpty() || labels.get(0) == label);
    boolean goesOn =
        !labels.isEmpty() && labels.get(0) == label && published.get(0) == before
            || call.goesOn(channel, label, before);
    // one segment alone is not worth taking back what was said
    int voice = goesOn || before < 0 ? label : before;
    call.keep(
        Passage.of(
            channel,
            call.channels.get(channel).role(),
            model,
            oldest,
            voice,
            before,
            !labels.isEmpty() && labels.get(0) == voice ? oldest.pausesBefore(windows.get(0)) : 0,
            pure && voice == label && oldest.weight() > JOINING_WEIGHT));
  }

  /** Says anew who spoke in each window, until that and the voices agree. */
  private int[] relabel(Affinity affinity, int[] labels, int channel, int model) {
    Background[] backgrounds = call.backgrounds(channel, model, affinity.dimension());
    return Resegmentation.of(call, affinity, backgrounds, labels, ROUNDS);
  }

  /**
   * Looks whether whoever speaks now is taken for somebody else: tries to tell the voice of the
   * last window apart into two.
   *
   * @return the labels with the new voice among them; empty where there is none
   */
  private int[] split(Affinity affinity, int[] labels, int channel, int model) {
    int suspect = labels[labels.length - 1];
    int fresh = call.unused(labels);
    if (fresh >= TrackerSettings.VOICES) {
      return new int[0];
    }
    Affinity.Split split = affinity.split(labels, suspect, fresh);
    int[] parts = split.labels();
    double enough = settings.splitGain() + settings.splitGainPerSegment() * count(labels, suspect);
    if (heardOnOther(channel)) {
      enough += settings.splitGainOfParty();
    } else if (isOnlyVoice(suspect, labels)) {
      enough -= settings.easeOfSecondVoice(labels.length);
    }
    if (split.gain() < enough) {
      return new int[0];
    }
    Background[] backgrounds = call.backgrounds(channel, model, affinity.dimension());
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
      double known = Math.min(1, past.mass() / Background.MOST);
      if (split.gain() < enough + settings.splitGainOfKnown() * known) {
        return new int[0];
      }
      divide(affinity, parts, weights, suspect, fresh, model);
    }
    call.add(fresh, model, channel);
    return parts;
  }

  private boolean isOnlyVoice(int voice, int[] labels) {
    return Arrays.stream(labels).allMatch(label -> label == voice)
        && call.passages.stream().allMatch(passage -> passage.voice() == voice);
  }

  private boolean heardOnOther(int channel) {
    return call.voices.stream()
        .anyMatch(voice -> voice.isNamed() && !voice.channels().contains(channel));
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

  /** What was taken for the old voice before was of both: each passage goes to the nearer one. */
  private void divide(
      Affinity affinity, int[] parts, double[] weights, int suspect, int fresh, int model) {
    float[] one = affinity.mean(suspect, parts, weights);
    float[] other = affinity.mean(fresh, parts, weights);
    double middle = (UnitVector.dot(one, one) - UnitVector.dot(other, other)) / 2;
    for (int p = 0; p < call.passages.size(); p++) {
      Passage passage = call.passages.get(p);
      if (passage.voice() == suspect && passage.model() == model && passage.mass() > 0) {
        float[] mean = passage.mean();
        if (UnitVector.dot(mean, one) - UnitVector.dot(mean, other) < middle) {
          call.passages.set(p, passage.takenFor(fresh));
        }
      }
    }
  }
}
