package io.turnwise.app.faults;

import java.util.ArrayList;
import java.util.List;

/** A network namespace with an address of its own, on a cable to the bridge of {@link Hosts}. */
final class NamespaceHost implements Host {
  private static final int FIRST_PORT = 9092;

  private final String namespace;
  private final String cable;
  private final String address;
  private int ports;

  /**
   * @param cable the cable's end at the bridge
   */
  NamespaceHost(String namespace, String cable, String address) {
    this.namespace = namespace;
    this.cable = cable;
    this.address = address;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public synchronized int freePort() {
    return FIRST_PORT + ports++;
  }

  @Override
  public List<String> command(List<String> command) {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    inside.addAll(command);
    return inside;
  }

  @Override
  public void cut() {
    Shell.require("ip", "link", "set", cable, "down");
  }

  @Override
  public void mend() {
    Shell.require("ip", "link", "set", cable, "up");
  }
}
