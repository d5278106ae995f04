package io.turnwise.app.reset;

import java.time.Instant;
import org.apache.kafka.clients.admin.OffsetSpec;

/** Where an application that was reset begins to read. */
sealed interface StartingPoint {
  /** At the oldest record there is. */
  record Earliest() implements StartingPoint {}

  /** After the newest record there is. */
  record Latest() implements StartingPoint {}

  /** At the first record of this time or later; after the newest where there is none. */
  record At(Instant time) implements StartingPoint {}

  /** Where it has stopped. */
  record Same() implements StartingPoint {}

  /** What to ask for; {@link Same} asks for nothing. */
  default OffsetSpec spec() {
    if (this instanceof At at) {
      return OffsetSpec.forTimestamp(at.time().toEpochMilli());
    }
    return this instanceof Latest ? OffsetSpec.latest() : OffsetSpec.earliest();
  }
}
