package io.turnwise.app.faults;

/** The brokers gave no answer now; while one of them is away that is no wonder. */
final class ClusterSilent extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClusterSilent(Throwable cause) {
    super("the brokers give no answer: " + cause, cause);
  }
}
