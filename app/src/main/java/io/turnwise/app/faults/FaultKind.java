package io.turnwise.app.faults;

import java.util.Arrays;
import java.util.Optional;

/** What can go wrong in a campaign. */
enum FaultKind {
  INSTANCE_KILLED("kill-instance", "kill -9 of an application instance at any moment"),
  INSTANCE_KILLED_INFERRING(
      "kill-instance-inferring",
      "kill -9 of an application instance in the middle of an inference"),
  INSTANCE_KILLED_IN_TRANSACTION(
      "kill-instance-committing",
      "kill -9 of an application instance whose output is written and not yet committed"),
  INSTANCE_KILLED_RESTORING(
      "kill-instance-restoring",
      "kill -9 of an application instance, and again while it restores its state"),
  INSTANCE_FROZEN(
      "zombie", "an application instance stopped for longer than its session, then continued"),
  BROKER_LEADER_KILLED("kill-leader", "kill -9 of the broker that leads a call's partition"),
  BROKER_CONTROLLER_KILLED("kill-controller", "kill -9 of the active controller"),
  REGISTRY_DOWN_AT_START(
      "registry-down-at-start", "no schema registry when the application starts"),
  REGISTRY_DOWN(
      "registry-outage",
      "the schema registry killed and an application instance started meanwhile"),
  DISK_FULL(
      "disk-full",
      "the disks of the state directories full, and an application instance killed and started on one"),
  INSTANCE_CUT_OFF("cut-instance", "an application instance cut off from the network, and back"),
  BROKER_CUT_OFF("cut-broker", "a broker cut off from the network, and back"),
  CLOCK_JUMPED("clock-jump", "the clock of an application instance stepped, forth or back"),
  ROLLING_RESTART(
      "rolling-restart", "the application instances restarted in turn with other settings"),
  SCALED("scaling", "one application instance, then three, then one");

  private final String id;
  private final String meaning;

  FaultKind(String id, String meaning) {
    this.id = id;
    this.meaning = meaning;
  }

  /** Its name on the command line and in reports. */
  String id() {
    return id;
  }

  /** What is done. */
  String meaning() {
    return meaning;
  }

  static Optional<FaultKind> of(String id) {
    return Arrays.stream(values()).filter(kind -> kind.id.equals(id)).findFirst();
  }

  /** Whether it has begun when the application starts. */
  boolean atStart() {
    return this == REGISTRY_DOWN_AT_START || this == SCALED;
  }
}
