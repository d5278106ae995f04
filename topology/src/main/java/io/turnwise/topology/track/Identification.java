package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import java.util.ArrayList;
import java.util.List;

/** Looks whether voices of the call are enrolled ones. Used once. */
final class Identification {
  private final Call call;
  private final TrackerSettings settings;
  private final Likeness likeness;
  private final EnrolledVoices enrolled;
  private final int channel;
  private final Publication publication;

  Identification(
      Call call, Likeness likeness, EnrolledVoices enrolled, int channel, Publication publication) {
    this.call = call;
    settings = call.settings;
    this.likeness = likeness;
    this.enrolled = enrolled;
    this.channel = channel;
    this.publication = publication;
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
    Likeness fitting = likeness.of(all.centroid().length);
    Recognition found =
        Recognition.of(all.centroid(), enrolled, fingerprint, fitting, settings.cohort());
    double seconds = Piece.SECONDS * (1 + mass);
    boolean same =
        fitting.isCalibrated()
            ? fitting.ratio(found.score(), seconds, seconds, telephone) + found.evidence()
                >= settings.enrolledRatio()
            : found.score() + Cohort.COSINE * found.evidence()
                >= settings.threshold() + settings.enrolledAbove();
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
      publication.publish(
          ChangeType.MERGED,
          channel,
          new Published(call).firstPublished(number),
          Change.OPEN,
          number,
          voice.name(),
          true,
          DecisionKind.MATCH,
          new Scores(
              found.score(),
              found.score() - found.margin(),
              fitting.ratio(found.score(), seconds, seconds, telephone)));
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
}
