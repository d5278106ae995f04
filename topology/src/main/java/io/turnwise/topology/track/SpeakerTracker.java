package io.turnwise.topology.track;

import io.turnwise.avro.DecisionKind;
import io.turnwise.topology.track.ChannelTrack.Rival;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Says who speaks, segment by segment. Pure and deterministic: the same call gives the same
 * changes. Immutable, thread-safe.
 *
 * <p>Each voice of the call carries a lead: the evidence, summed over segments, that it speaks
 * rather than the published speaker, less the cost of a change (the Viterbi recursion of a chain
 * that rather stays than changes). A change is published where a lead passes zero; what one segment
 * adds to a lead is bounded to less than that cost, so that one odd segment changes nothing. A new
 * voice is a rival like the others, whose similarity is the threshold until it has segments of its
 * own.
 */
public final class SpeakerTracker {
  private final TrackerSettings settings;

  public SpeakerTracker(TrackerSettings settings) {
    this.settings = settings;
  }

  /** Hears one segment. Segments of one channel come in the order of their time. */
  public Tracking observe(CallVoices before, Observation segment, EnrolledVoices enrolled) {
    Listening call = new Listening(before, enrolled);
    call.hear(segment);
    return call.tracking();
  }

  /** Decides what is undecided on a channel, with what is there. The channel may go on. */
  public Tracking flush(
      CallVoices before, int channel, Instant capturedAt, EnrolledVoices enrolled) {
    Listening call = new Listening(before, enrolled);
    call.flush(channel, capturedAt, false);
    return call.tracking();
  }

  /** Ends a channel. With the last one the call is forgotten: what is left is empty. */
  public Tracking close(
      CallVoices before, int channel, Instant capturedAt, EnrolledVoices enrolled) {
    Listening call = new Listening(before, enrolled);
    call.flush(channel, capturedAt, true);
    call.channels.remove(channel);
    call.tentatives.remove(channel);
    return call.tracking();
  }

  /** One step: a working copy of a call's state. */
  private final class Listening {
    private long revision;
    private int names;
    private final List<String> models;
    private final List<Voice> voices;
    private final SortedMap<Integer, ChannelTrack> channels;
    private final SortedMap<Integer, Voice> tentatives;
    private final EnrolledVoices enrolled;
    private final List<Change> changes = new ArrayList<>();

    Listening(CallVoices before, EnrolledVoices enrolled) {
      revision = before.revision();
      names = before.names();
      models = new ArrayList<>(before.models());
      voices = new ArrayList<>(before.voices());
      channels = new TreeMap<>(before.channels());
      tentatives = new TreeMap<>(before.tentative());
      this.enrolled = enrolled;
    }

    Tracking tracking() {
      CallVoices after =
          channels.isEmpty()
              ? CallVoices.none()
              : new CallVoices(
                  revision, names, List.copyOf(models), List.copyOf(voices), channels, tentatives);
      return new Tracking(after, changes);
    }

    void hear(Observation segment) {
      int channel = segment.channel();
      int model = model(segment);
      float[] x = segment.voice();
      ChannelTrack old = channels.get(channel);
      ChannelTrack track = old == null ? new ChannelTrack() : old.copy();
      channels.put(channel, track);
      if (old == null) {
        track.firstSpeech = segment.speech().get(0).startMillis();
      }
      if (track.model != model) {
        track.rivals.clear();
        tentatives.remove(channel);
        track.pending = new byte[0];
      }
      track.model = model;
      track.role = segment.role();
      float weight = (float) Math.min(1, segment.speechMillis() / 1500.0);

      double[] similarity = new double[voices.size()];
      int nearest = ChannelTrack.NOBODY;
      for (int v = 0; v < similarity.length; v++) {
        similarity[v] = similarity(voices.get(v), x, model, channel);
        if (nearest < 0 || similarity[v] > similarity[nearest]) {
          nearest = v;
        }
      }
      double threshold = threshold();
      Voice tentative = tentatives.get(channel);
      boolean known = track.speaker >= 0 && voices.get(track.speaker).model() == model;
      double reference = known ? similarity[track.speaker] : threshold - settings.clamp();
      double best = nearest < 0 ? -1 : similarity[nearest];

      long boundary = Boundary.between(track.speech, segment.speech());
      List<Rival> next = new ArrayList<>();
      for (int v = 0; v < similarity.length; v++) {
        if (v == track.speaker || voices.get(v).model() != model) {
          continue;
        }
        advance(track, v, similarity[v] - reference, weight, settings.switchCost(), boundary, next);
      }
      double ofTentative = tentative == null ? -1 : tentative.similarity(x);
      boolean joins = tentative != null && ofTentative >= Math.max(best, settings.joinThreshold());
      boolean starts =
          !joins && best < threshold && (tentative == null || tentative.segments() == 1);
      if (starts) {
        track.rivals.removeIf(rival -> rival.voice() == ChannelTrack.TENTATIVE);
        tentative = Voice.first(model, channel, x, weight);
      } else if (joins) {
        tentative = tentative.with(x, weight, (float) settings.massLimit());
      }
      boolean growing =
          tentative != null
              && advance(
                  track,
                  ChannelTrack.TENTATIVE,
                  (starts ? threshold : ofTentative) - reference,
                  weight,
                  settings.mintCost(),
                  boundary,
                  next);
      track.rivals = next;
      if (growing) {
        tentatives.put(channel, tentative);
      } else {
        tentatives.remove(channel);
        tentative = null;
      }
      int label = growing && (starts || joins) ? ChannelTrack.TENTATIVE : nearest;
      learn(track, label, segment, channel);

      Rival leader = null;
      for (Rival rival : track.rivals) {
        if (rival.lead() > 0
            && rival.support() >= (rival.voice() < 0 ? settings.mintSegments() : 2)
            && (leader == null || rival.lead() > leader.lead())) {
          leader = rival;
        }
      }
      if (leader != null && leader.voice() < 0) {
        mint(track, leader, tentative, channel, segment.capturedAt());
      } else if (leader != null) {
        double runnerUp = -1;
        for (int v = 0; v < similarity.length; v++) {
          if (v != leader.voice()) {
            runnerUp = Math.max(runnerUp, similarity[v]);
          }
        }
        double score = similarity[leader.voice()];
        turn(
            track,
            leader,
            DecisionKind.MATCH,
            score,
            score - runnerUp,
            channel,
            segment.capturedAt());
      }

      track.labelBefore = track.label;
      track.label = label;
      track.pending = ChannelTrack.packed(x);
      track.pendingWeight = weight;
      track.speech = segment.speech();
    }

    /** Moves one rival's lead on; false where it has fallen back to the start. */
    private boolean advance(
        ChannelTrack track,
        int voice,
        double gain,
        float weight,
        double cost,
        long boundary,
        List<Rival> next) {
      double bounded = Math.max(-settings.clamp(), Math.min(settings.clamp(), gain)) * weight;
      Rival before = null;
      for (Rival rival : track.rivals) {
        if (rival.voice() == voice) {
          before = rival;
        }
      }
      double lead = before == null ? -cost : before.lead();
      lead += bounded;
      if (lead <= -cost) {
        return false;
      }
      long onset = before == null ? boundary : before.onset();
      int support = (before == null ? 0 : before.support()) + (bounded > 0 ? 1 : 0);
      next.add(new Rival(voice, (float) lead, onset, support));
      return true;
    }

    /** Takes the segment before this one into its voice, if its neighbours say the same. */
    private void learn(ChannelTrack track, int label, Observation segment, int channel) {
      int owner = track.speaker;
      if (owner < 0
          || track.pending.length == 0
          || track.label != owner
          || label != owner
          || track.labelBefore != owner && track.labelBefore != ChannelTrack.NOBODY) {
        return;
      }
      voices.set(
          owner,
          voices
              .get(owner)
              .with(
                  ChannelTrack.unpacked(track.pending),
                  track.pendingWeight,
                  (float) settings.massLimit()));
    }

    private void mint(
        ChannelTrack track, Rival leader, Voice tentative, int channel, Instant capturedAt) {
      double closest = -1;
      int twin = ChannelTrack.NOBODY;
      for (int v = 0; v < voices.size(); v++) {
        Voice voice = voices.get(v);
        if (voice.model() == tentative.model()) {
          double s =
              voice.similarity(tentative)
                  - (voice.channels().contains(channel) ? 0 : settings.foreign());
          if (s > closest) {
            closest = s;
            twin = v;
          }
        }
      }
      double threshold = threshold();
      if (tentative.cohesion() < settings.selfTight()) {
        return;
      }
      if (twin >= 0 && closest >= threshold + settings.sameVoice()) {
        tentatives.remove(channel);
        track.rivals.removeIf(rival -> rival.voice() == ChannelTrack.TENTATIVE);
        if (twin != track.speaker) {
          turn(
              track,
              new Rival(twin, leader.lead(), leader.onset(), leader.support()),
              DecisionKind.MATCH,
              closest,
              closest - threshold,
              channel,
              capturedAt);
        }
        return;
      }
      String name = "";
      double score = closest;
      double margin = threshold - closest;
      double closestEnrolled = -1;
      double second = -1;
      String id = "";
      for (EnrolledVoices.Enrolled voice : enrolled.of(models.get(tentative.model()))) {
        if (voice.voice().length != tentative.mean().length) {
          continue;
        }
        double s = tentative.similarity(voice.voice());
        if (s > closestEnrolled) {
          second = closestEnrolled;
          closestEnrolled = s;
          id = voice.speakerId();
        } else if (s > second) {
          second = s;
        }
      }
      boolean recognised = closestEnrolled >= threshold;
      if (recognised) {
        name = id;
        score = closestEnrolled / tentative.length();
        margin = score - second / tentative.length();
      } else {
        names++;
        name = "S" + names;
      }
      voices.add(tentative.named(name, recognised));
      tentatives.remove(channel);
      track.rivals.removeIf(rival -> rival.voice() == ChannelTrack.TENTATIVE);
      turn(
          track,
          new Rival(voices.size() - 1, leader.lead(), leader.onset(), leader.support()),
          recognised ? DecisionKind.MATCH : DecisionKind.NEW,
          score,
          margin,
          channel,
          capturedAt);
    }

    /** Publishes a change and measures all rivals against the new speaker. */
    private void turn(
        ChannelTrack track,
        Rival leader,
        DecisionKind decision,
        double score,
        double margin,
        int channel,
        Instant capturedAt) {
      String previous = track.speaker < 0 ? "" : voices.get(track.speaker).name();
      int former = track.speaker;
      long at = former < 0 ? track.firstSpeech : Math.max(track.changedAt + 1, leader.onset());
      List<Rival> next = new ArrayList<>();
      for (Rival rival : track.rivals) {
        if (rival.voice() != leader.voice()) {
          double cost = rival.voice() < 0 ? settings.mintCost() : settings.switchCost();
          double lead = rival.lead() - leader.lead();
          if (lead > -cost) {
            next.add(new Rival(rival.voice(), (float) lead, rival.onset(), rival.support()));
          }
        }
      }
      if (next.stream().noneMatch(rival -> rival.voice() == ChannelTrack.TENTATIVE)) {
        tentatives.remove(channel);
      }
      track.rivals = next;
      track.speaker = leader.voice();
      track.changedAt = at;
      Voice voice = voices.get(leader.voice()).alsoOn(channel);
      voices.set(leader.voice(), voice);
      revision++;
      changes.add(
          new Change(
              revision,
              channel,
              track.role,
              at,
              voice.name(),
              voice.enrolled(),
              previous,
              decision,
              (float) score,
              (float) Math.max(0, Math.min(2, margin)),
              capturedAt,
              models.get(voice.model())));
    }

    /** Publishes a channel's first voice on what little there is of it. */
    void flush(int channel, Instant capturedAt, boolean last) {
      ChannelTrack old = channels.get(channel);
      if (old == null || old.speaker >= 0) {
        return;
      }
      ChannelTrack track = old.copy();
      channels.put(channel, track);
      Voice tentative = tentatives.get(channel);
      if (tentative != null && tentative.segments() > 1) {
        mint(
            track,
            new Rival(ChannelTrack.TENTATIVE, 0, track.firstSpeech, tentative.segments()),
            tentative,
            channel,
            capturedAt);
      } else if (last) {
        revision++;
        changes.add(
            new Change(
                revision,
                channel,
                track.role,
                track.firstSpeech,
                "",
                false,
                "",
                DecisionKind.INCONCLUSIVE,
                -1,
                0,
                capturedAt,
                models.get(track.model)));
      }
    }

    private double threshold() {
      return settings.threshold();
    }

    private double similarity(Voice voice, float[] x, int model, int channel) {
      if (voice.model() != model || voice.mean().length != x.length) {
        return -1;
      }
      double s = voice.similarity(x);
      if (settings.mode() == 1) {
        s = s - 0.5 * voice.similarity(voice);
      }
      return voice.channels().contains(channel) ? s : s - settings.foreign();
    }

    private int model(Observation segment) {
      int known = models.indexOf(segment.fingerprint());
      if (known >= 0) {
        return known;
      }
      models.add(segment.fingerprint());
      return models.size() - 1;
    }
  }
}
