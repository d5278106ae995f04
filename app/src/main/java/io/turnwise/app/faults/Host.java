package io.turnwise.app.faults;

import java.util.List;

/** What a process of the campaign takes for the machine it runs on. */
sealed interface Host permits LocalHost, NamespaceHost {
  /** Where others reach it. */
  String address();

  /** A port of this host that nothing listens on; each call gives another. */
  int freePort();

  /** The command line that runs a command on this host, as the same process. */
  List<String> command(List<String> command);

  /** Pulls the cable: what is sent to and from this host is lost, and nobody is told. */
  void cut();

  /** Plugs it in again. */
  void mend();
}
