package io.turnwise.topology.track;

import java.util.List;

/** What an observation led to: the call's voices as they are now, and what is to be published. */
public record Tracking(CallVoices after, List<Change> changes) {
  public Tracking {
    changes = List.copyOf(changes);
  }
}
