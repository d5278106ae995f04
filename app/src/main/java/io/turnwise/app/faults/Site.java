package io.turnwise.app.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What all campaigns of a command share: it stays up, and only what was broken is started again.
 * Its parts are the command's to close.
 *
 * @param instanceHosts the hosts of the application instances, by their names
 * @param enrolled who is enrolled before the calls begin
 * @param speed how many times as fast as real time the calls are played
 * @param folder for logs and settings
 */
record Site(
    Children children,
    JavaProgram java,
    Hosts hosts,
    Map<String, Host> instanceHosts,
    BrokerCluster brokers,
    RegistryProcess registry,
    Calls calls,
    Enrolment enrolled,
    double speed,
    Path folder) {
  /** Partitions of the topics with calls. */
  static final int PARTITIONS = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  Host hostOf(String instance) {
    return instanceHosts.get(instance);
  }

  /**
   * Starts what is not running, and waits until all brokers are in sync and the registry answers.
   */
  void mend() {
    if (hosts.whyNoCuts().isEmpty()) {
      instanceHosts.values().forEach(Host::mend);
      for (int id = 0; id < BrokerCluster.BROKERS; id++) {
        brokers.host(id).mend();
      }
    }
    registry.awaitAnswer();
    brokers.awaitWhole(PATIENCE);
  }
}
