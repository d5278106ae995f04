package io.turnwise.app.faults;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The hosts of the campaign: network namespaces on a bridge where this machine allows it, else the
 * loopback address for all. Closing takes the namespaces away again, as does the JVM's end.
 */
final class Hosts implements AutoCloseable {
  private static final String PREFIX = "twf-";
  private static final int NETWORKS = 200;

  private final String bridge;
  private final String network;
  private final Optional<String> whyNoCuts;
  private final Deque<String[]> undo = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::undoAll, "faults-end-hosts");
  private final LocalHost local = new LocalHost();
  private int hosts;

  private Hosts(String bridge, String network, Optional<String> whyNoCuts) {
    this.bridge = bridge;
    this.network = network;
    this.whyNoCuts = whyNoCuts;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Namespaces where they can be had. */
  static Hosts open() {
    long pid = ProcessHandle.current().pid();
    String bridge = "twf" + Long.toString(pid, 36);
    removeLeftOvers();
    Shell created = Shell.run("ip", "link", "add", bridge, "type", "bridge");
    if (!created.worked()) {
      return new Hosts(
          bridge, "", Optional.of("no network namespaces here (ip: " + created.output() + ")"));
    }
    String network = "10.231." + (20 + pid % NETWORKS) + ".";
    Hosts hosts = new Hosts(bridge, network, Optional.empty());
    hosts.undo.push(new String[] {"ip", "link", "del", bridge});
    Shell.require("ip", "addr", "add", network + "1/24", "dev", bridge);
    Shell.require("ip", "link", "set", bridge, "up");
    Shell namespace = Shell.run("ip", "netns", "add", PREFIX + pid + "-0");
    if (!namespace.worked()) {
      hosts.close();
      return new Hosts(
          bridge, "", Optional.of("no network namespaces here (ip: " + namespace.output() + ")"));
    }
    hosts.undo.push(new String[] {"ip", "netns", "del", PREFIX + pid + "-0"});
    return hosts;
  }

  /** Why no host can be cut off; empty where it can. */
  Optional<String> whyNoCuts() {
    return whyNoCuts;
  }

  /** This command's own host, which is never cut off. */
  String address() {
    return whyNoCuts.isPresent() ? local.address() : network + "1";
  }

  /** A free port of this command's own host. */
  int freePort() {
    return local.freePort();
  }

  /** Another host. */
  synchronized Host add() {
    if (whyNoCuts.isPresent()) {
      return local;
    }
    int number = ++hosts;
    long pid = ProcessHandle.current().pid();
    String namespace = PREFIX + pid + "-" + number;
    String cable = bridge + "x" + number;
    String inside = bridge + "y" + number;
    String address = network + (1 + number);
    Shell.require("ip", "netns", "add", namespace);
    undo.push(new String[] {"ip", "netns", "del", namespace});
    Shell.require("ip", "link", "add", cable, "type", "veth", "peer", "name", inside);
    Shell.require("ip", "link", "set", inside, "netns", namespace);
    Shell.require("ip", "link", "set", cable, "master", bridge);
    Shell.require("ip", "link", "set", cable, "up");
    Shell.require("ip", "-n", namespace, "addr", "add", address + "/24", "dev", inside);
    Shell.require("ip", "-n", namespace, "link", "set", inside, "up");
    Shell.require("ip", "-n", namespace, "link", "set", "lo", "up");
    return new NamespaceHost(namespace, cable, address);
  }

  /** A command that was killed could not clean up. */
  private static void removeLeftOvers() {
    Shell.run("ip", "netns", "list")
        .output()
        .lines()
        .map(line -> line.split(" ")[0])
        .filter(name -> name.matches(PREFIX + "\\d+-\\d+"))
        .filter(name -> ProcessHandle.of(Long.parseLong(name.split("-")[1])).isEmpty())
        .forEach(
            name -> {
              Shell.run("ip", "netns", "del", name);
              Shell.run(
                  "ip",
                  "link",
                  "del",
                  "twf" + Long.toString(Long.parseLong(name.split("-")[1]), 36));
            });
  }

  private synchronized void undoAll() {
    while (!undo.isEmpty()) {
      Shell.run(undo.pop());
    }
  }

  @Override
  public void close() {
    undoAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is ending already, and the hook finds nothing left to undo.
      return;
    }
  }
}
