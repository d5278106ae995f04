package io.turnwise.app.models;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.Installation;
import io.turnwise.app.JsonLine;
import io.turnwise.inference.model.KnownModel;
import io.turnwise.inference.model.ModelCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the known models. */
@Command(
    name = "list",
    description = {
      "Lists the models that the manifest knows, and where they are.",
      "",
      "digest: 'right' or 'WRONG' where the file is here; elsewhere whether the manifest's was"
          + " computed by this project ('known'), is quoted from others ('quoted'), or is missing"
          + " ('none').",
      "With --json a line is one object with all that the manifest says; \"path\" is null where the"
          + " file is not here."
    },
    footer = {"  turnwise models list", "  turnwise models list --json"})
final class ListCommand implements Callable<Integer> {
  private static final List<String> HEAD =
      List.of("NAME", "KIND", "DIM", "SIZE", "LICENCE", "DIGEST", "WHERE");

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  /** A known model and what is here of it. */
  private record Row(KnownModel model, Optional<Path> path, String digest) {
    static Row of(ModelCatalog catalog, KnownModel model) {
      Optional<Path> path = catalog.locate(model);
      String digest = model.digestChecked() ? "known" : "quoted";
      if (model.sha256().isEmpty()) {
        digest = "none";
      } else if (path.isPresent()) {
        digest = Digest.of(path.get()).equals(model.sha256()) ? "right" : "WRONG";
      }
      return new Row(model, path, digest);
    }

    List<String> cells() {
      return List.of(
          model.name(),
          model.kind(),
          model.dimension() == 0 ? "-" : Integer.toString(model.dimension()),
          model.bytes() == 0 ? "-" : Size.of(model.bytes()),
          model.licence(),
          digest,
          path.map(Path::toString)
              .orElse(model.address().isPresent() ? "not here" : "not here, no public address"));
    }

    void write(JsonGenerator json) throws IOException {
      json.writeStringField("model", model.name());
      json.writeStringField("file", model.file());
      json.writeStringField("kind", model.kind());
      JsonLine.number(json, "dimension", model.dimension());
      JsonLine.number(json, "bytes", model.bytes());
      json.writeStringField("licence", model.licence());
      json.writeStringField("source", model.source());
      JsonLine.text(json, "address", model.address().map(URI::toString).orElse(""));
      JsonLine.text(json, "sha256", model.sha256());
      json.writeBooleanField("digestChecked", model.digestChecked());
      json.writeBooleanField("ships", model.ships());
      json.writeStringField("digest", digest.toLowerCase(Locale.ROOT));
      JsonLine.text(json, "path", path.map(Path::toString).orElse(""));
    }
  }

  @Override
  public Integer call() {
    ModelCatalog catalog = Installation.models();
    PrintWriter out = spec.commandLine().getOut();
    List<Row> rows = catalog.known().stream().map(model -> Row.of(catalog, model)).toList();
    if (json) {
      rows.forEach(row -> out.println(JsonLine.of(row::write)));
    } else {
      List<List<String>> lines = new ArrayList<>(List.of(HEAD));
      rows.forEach(row -> lines.add(row.cells()));
      printTable(lines, out);
    }
    out.flush();
    return 0;
  }

  private static void printTable(List<List<String>> lines, PrintWriter out) {
    int[] widths = new int[HEAD.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = line.get(i);
        text.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      out.println(text.toString().stripTrailing());
    }
  }
}
