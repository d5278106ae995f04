package io.turnwise.app.view;

import io.turnwise.avro.SpeakerChange;

/** Shows the events of calls as they come: changes of speaker and what corrects them. */
@FunctionalInterface
public interface ChangeView {
  void show(SpeakerChange change);
}
