package io.turnwise.app.view;

import io.turnwise.avro.SpeakerChange;

/** Shows speaker changes as they come. */
@FunctionalInterface
public interface ChangeView {
  void show(SpeakerChange change);
}
