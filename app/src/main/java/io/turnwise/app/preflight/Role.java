package io.turnwise.app.preflight;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** What the application has a topic for, and the least it must be allowed to do with it. */
enum Role {
  /** Read from the start of a call to its end. */
  INPUT(AclOperation.READ),
  /** Written in transactions. */
  OUTPUT(AclOperation.WRITE),
  /** The enrolled voices: read whole by every instance. */
  VOICES(AclOperation.READ),
  /** Kafka Streams' own: a store's replica. */
  CHANGELOG(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE);

  private final List<AclOperation> rights;

  Role(AclOperation... rights) {
    this.rights = List.of(rights);
  }

  List<AclOperation> rights() {
    return rights;
  }
}
