package io.turnwise.app.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The table of rights in the documentation, read as what a broker is told. */
final class DocumentedRights {
  private static final Path PAGE = Path.of("docs/how-to/run-against-a-cluster.md");
  private static final String HEADING = "## 3. Rights";

  private DocumentedRights() {}

  /** The rights of one of those in the table's first column, for a user. */
  static List<AclBinding> of(String who, String user) throws IOException {
    List<AclBinding> rights = new ArrayList<>();
    for (String line : section()) {
      String[] cells = line.split("\\|");
      if (cells.length == 5 && cells[1].strip().equals(who)) {
        for (String operation : cells[4].split(",")) {
          rights.add(
              binding(
                  cells[2].strip(),
                  cells[3].strip().replace("`", ""),
                  AclOperation.valueOf(operation.strip().toUpperCase(Locale.ROOT)),
                  user));
        }
      }
    }
    if (rights.isEmpty()) {
      throw new IllegalStateException("no rights of " + who + " in " + PAGE);
    }
    return rights;
  }

  /** A right with another operation, for who must see a thing without using it. */
  static AclBinding with(AclBinding right, AclOperation operation) {
    return new AclBinding(
        right.pattern(),
        new AccessControlEntry(right.entry().principal(), "*", operation, AclPermissionType.ALLOW));
  }

  private static List<String> section() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of(System.getProperty("turnwise.root", "..")).resolve(PAGE));
    int from = lines.indexOf(HEADING);
    if (from < 0) {
      throw new IllegalStateException("no heading '" + HEADING + "' in " + PAGE);
    }
    List<String> rest = lines.subList(from + 1, lines.size());
    return rest.stream().takeWhile(line -> !line.startsWith("## ")).toList();
  }

  private static AclBinding binding(
      String resource, String name, AclOperation operation, String user) {
    String type = resource.replace(" that begin with", "");
    PatternType pattern = type.equals(resource) ? PatternType.LITERAL : PatternType.PREFIXED;
    ResourceType resourceType =
        Arrays.stream(ResourceType.values())
            .filter(
                known ->
                    type.replaceAll("s$", "")
                        .replace(' ', '_')
                        .equals(known.name().toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no resource '" + resource + "'"));
    return new AclBinding(
        new ResourcePattern(resourceType, name, pattern),
        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
  }
}
