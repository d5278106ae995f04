package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import java.time.Instant;

/** Writes the events of one step, and gives the names in them. Used once. */
final class Publication {
  private final Call call;
  private final EnrolledVoices enrolled;
  private final Instant capturedAt;

  /** The channel whose audio decided. */
  private final int channel;

  Publication(Call call, EnrolledVoices enrolled, int channel, Instant capturedAt) {
    this.call = call;
    this.enrolled = enrolled;
    this.channel = channel;
    this.capturedAt = capturedAt;
  }

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
        Scores.NOTHING);
  }

  String nameOf(int number) {
    return number >= 0 ? call.voices.get(number).name() : "";
  }

  /** Gives a voice the next name. */
  void name(int number) {
    Voice voice = call.voices.get(number);
    call.voices.set(number, voice.named(newName(), false));
  }

  void publish(
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
            (float) Math.max(-1, Math.min(1, scores.own())),
            (float) Math.max(0, Math.min(2, scores.own() - scores.runnerUp())),
            (float) scores.ratio(),
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
