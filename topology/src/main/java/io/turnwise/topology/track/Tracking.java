package io.turnwise.topology.track;

import java.util.List;

/**
 * What an observation led to.
 *
 * @param after the call's voices as they are now
 * @param changes what is to be published
 * @param decision what the segment says of who speaks
 */
public record Tracking(CallVoices after, List<Change> changes, Decision decision) {
  public Tracking {
    changes = List.copyOf(changes);
  }
}
