package io.turnwise.app.models;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.JsonLine;
import io.turnwise.inference.model.KnownModel;
import io.turnwise.inference.model.ModelCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks models. */
@Command(
    name = "verify",
    description = {
      "Checks models: digest, inputs and outputs, whether the runtime opens them, and whether two"
          + " sounds of 1.5 s give two finite embeddings and the same ones again. Prints a line"
          + " for each.",
      "",
      "With --json a line is one object:",
      "  {\"model\":\"NAME\",\"path\":\"PATH\",\"sha256\":\"HEX\",\"kind\":\"features\","
          + "\"dimension\":256,\"listed\":true,\"ok\":true,\"problem\":null}",
      "listed: a manifest's digest vouches for the file."
    },
    footer = {
      "  turnwise models verify",
      "  turnwise models verify turnwise-starter path/to/mine.onnx --json"
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME|PATH",
      description = "Models; none: all that the manifest knows and that are here.")
  private List<String> models = List.of();

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Override
  public Integer call() {
    ModelCatalog catalog = Installation.models();
    List<String> asked = models.isEmpty() ? here(catalog) : models;
    PrintWriter out = spec.commandLine().getOut();
    int wrong = 0;
    for (String nameOrPath : asked) {
      Verification found = Verification.of(catalog, nameOrPath);
      wrong += found.problem().isPresent() ? 1 : 0;
      out.println(json ? JsonLine.of(fields -> write(found, fields)) : line(found));
      out.flush();
    }
    if (wrong > 0) {
      throw new CommandFailed(
          wrong
              + " of "
              + asked.size()
              + " models did not pass; standard output says why and what to do.");
    }
    return 0;
  }

  private static List<String> here(ModelCatalog catalog) {
    List<String> here =
        catalog.known().stream()
            .filter(model -> catalog.locate(model).isPresent())
            .map(KnownModel::name)
            .toList();
    if (here.isEmpty()) {
      throw new CommandFailed(
          "None of the models that the manifest knows is in "
              + catalog.folders()
              + "; fetch one, or name a file.");
    }
    return here;
  }

  private static String line(Verification found) {
    return found
        .problem()
        .map(problem -> "wrong  " + found.name() + "  " + problem)
        .orElseGet(
            () ->
                "ok     "
                    + found.name()
                    + "  "
                    + found.kind()
                    + (found.dimension() > 0 ? ", " + found.dimension() + " dimensions" : "")
                    + ", sha256 "
                    + found.sha256()
                    + (found.listed() ? "" : " (in no manifest)")
                    + found.path().map(path -> "  " + path).orElse(""));
  }

  private static void write(Verification found, JsonGenerator json) throws IOException {
    json.writeStringField("model", found.name());
    JsonLine.text(json, "path", found.path().map(Object::toString).orElse(""));
    JsonLine.text(json, "sha256", found.sha256());
    JsonLine.text(json, "kind", found.kind());
    JsonLine.number(json, "dimension", found.dimension());
    json.writeBooleanField("listed", found.listed());
    json.writeBooleanField("ok", found.problem().isEmpty());
    JsonLine.text(json, "problem", found.problem().orElse(""));
  }
}
