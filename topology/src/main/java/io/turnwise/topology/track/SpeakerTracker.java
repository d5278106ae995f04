package io.turnwise.topology.track;

import io.turnwise.inference.calibration.Calibration;
import java.time.Instant;
import java.util.List;

/**
 * Says who speaks, segment by segment. Pure and deterministic: the same segments give the same
 * changes. Immutable, thread-safe.
 *
 * <p>Each channel keeps its latest segments and decides about all of them again with each new one:
 * who spoke in each is the likeliest path through the voices, where a change has its cost. New
 * voices come from old ones: where two voices explain the segments taken for one clearly better
 * than one does, and take turns, they are told apart. So no voice is minted on one odd segment, and
 * two people taken for one at first are told apart when there is enough of both. What has been
 * published stands; a change found late is published with the time at which it was, after all that
 * was published before.
 */
public final class SpeakerTracker {
  private final TrackerSettings settings;
  private final Calibration calibration;

  /** Tracks without a calibration: no ratios are published. */
  public SpeakerTracker(TrackerSettings settings) {
    this(settings, Calibration.none());
  }

  /**
   * @param calibration the model's
   */
  public SpeakerTracker(TrackerSettings settings, Calibration calibration) {
    this.settings = settings;
    this.calibration = calibration;
  }

  /** Hears one segment. The segments of a channel come in the order of their time. */
  public Tracking observe(CallVoices before, Observation segment, EnrolledVoices enrolled) {
    Listening call = new Listening(settings, calibration, before, enrolled);
    call.hear(segment);
    return call.tracking();
  }

  /**
   * Ends a channel. Where there was too little speech to say whose, that is published. With a
   * call's last channel the call is forgotten: what is left is empty. Ending a channel that was not
   * heard changes nothing.
   *
   * @param capturedAt when the channel's last audio was captured
   */
  public Tracking close(CallVoices before, int channel, Instant capturedAt) {
    if (!before.channels().containsKey(channel)) {
      return new Tracking(
          before, List.of(), new Decision.Inconclusive(Decision.Reason.NOTHING_HEARD));
    }
    Listening call = new Listening(settings, calibration, before, EnrolledVoices.none());
    call.end(channel, capturedAt);
    return call.tracking();
  }
}
