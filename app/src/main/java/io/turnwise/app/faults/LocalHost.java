package io.turnwise.app.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The loopback address, which all processes share: its cable cannot be pulled. */
final class LocalHost implements Host {
  private static final String ADDRESS = "127.0.0.1";

  private final Set<Integer> given = new HashSet<>();

  @Override
  public String address() {
    return ADDRESS;
  }

  @Override
  public synchronized int freePort() {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
        if (given.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("no free port on " + ADDRESS, e);
      }
    }
  }

  @Override
  public List<String> command(List<String> command) {
    return command;
  }

  @Override
  public void cut() {
    throw new IllegalStateException("the loopback address cannot be cut off");
  }

  @Override
  public void mend() {
    throw new IllegalStateException("the loopback address cannot be cut off");
  }
}
