package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import io.turnwise.conversion.resnet.ResNet34;
import io.turnwise.inference.model.EmbeddingFailed;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns published weights into a model file. */
@Command(
    name = "import",
    description = {
      "Turns the published weights of WeSpeaker's ResNet34 into an ONNX model; no Python is needed.",
      "",
      "Every tensor's name, shape and values are checked. The written model is opened and run before"
          + " it is put in place. The same weights give the same file."
    },
    footer = {
      "  turnwise models import weights.npz models/resnet34-lm.onnx",
      "  turnwise models import resnet34-lm.safetensors models/resnet34-lm.onnx --force"
    })
final class ImportCommand implements Callable<Integer> {
  private static final String SUFFIX = ".onnx";

  /** That of wespeaker-resnet34-lm in the manifest: the same weights in another export. */
  private static final double RESNET34_LM_THRESHOLD = 0.29;

  /** 1.5 s and 3 s: the graph must take any length. */
  private static final int[] CHECKED_SAMPLES = {24_000, 48_000};

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "WEIGHTS",
      description =
          "The MLX port's weights.npz, or a .safetensors file with PyTorch's tensors; of any width"
              + " and dimension.")
  private Path weights;

  @Parameters(index = "1", paramLabel = "OUT.onnx", description = "The model file to write.")
  private Path out;

  @Option(names = "--force", description = "Replace OUT.onnx where it exists.")
  private boolean force;

  @Override
  public Integer call() {
    requirePlace();
    ResNet34 network = ResNet34.read(weights);
    Path part =
        out.resolveSibling("." + out.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    Model model;
    try {
      write(network.toOnnx(), part);
      model = checked(part, network);
      requirePlace();
      Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CommandFailed(
          "The model cannot be written to " + out + " (" + e + "); choose another place.", e);
    } finally {
      remove(part);
    }
    tell(network, model);
    return 0;
  }

  private void requirePlace() {
    String name = String.valueOf(out.getFileName());
    if (!name.endsWith(SUFFIX) || name.length() == SUFFIX.length()) {
      throw new CommandFailed(
          "The model file " + out + " would not be found by name: let it end with " + SUFFIX + ".");
    }
    if (Files.isDirectory(out) || (Files.exists(out) && !force)) {
      throw new CommandFailed(
          out
              + (Files.isDirectory(out)
                  ? " is a folder; name a file."
                  : " exists; choose another name, or replace it with --force."));
    }
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed("There is no folder " + folder + " to write to; make it first.");
    }
  }

  private static void write(byte[] bytes, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** Opens what was written as a user would, and embeds noise with it. */
  private Model checked(Path file, ResNet34 network) {
    // no folders: what the manifest says of a file of that name is not what is asked here
    Model model = new ModelCatalog(List.of()).find(file.toAbsolutePath().toString());
    if (model.dimension() != network.dimension()) {
      throw new IllegalStateException(
          "wrote " + model.dimension() + " dimensions of " + network.dimension());
    }
    try (SpeakerEmbedder embedder = SpeakerEmbedder.openForAnyLength(model)) {
      for (int samples : CHECKED_SAMPLES) {
        embedder.embed(noise(samples), new boolean[samples / SpeechGate.FRAME]);
      }
    } catch (EmbeddingFailed e) {
      throw new CommandFailed(
          "The weights file "
              + weights
              + " has the right tensors, but a network of them does not embed noise ("
              + e.getMessage()
              + "); fetch it again.",
          e);
    }
    return model;
  }

  private static float[] noise(int samples) {
    Random random = new Random(samples);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = 0.1f * (random.nextFloat() * 2 - 1);
    }
    return noise;
  }

  private static void remove(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new CommandFailed("Cannot delete " + part + " (" + e + "); delete it.", e);
    }
  }

  private void tell(ResNet34 network, Model model) {
    String name = out.getFileName().toString();
    PrintWriter result = spec.commandLine().getOut();
    result.printf(
        Locale.ROOT,
        "name        %s%nfile        %s%nsha256      %s%ndimension   %d%nwidth       %d%n"
            + "parameters  %d%n",
        name.substring(0, name.length() - SUFFIX.length()),
        out,
        model.fingerprint(),
        network.dimension(),
        network.width(),
        network.parameters());
    result.flush();
    PrintWriter err = spec.commandLine().getErr();
    if (network.columnsLookReordered()) {
      err.println(
          "Careful: the columns of the final layer look as if they stood in another order than"
              + " PyTorch's; embeddings may be noise. Compare with the original first:"
              + " docs/how-to/import-resnet34-lm.md");
    }
    err.printf(
        "Read %s kernels, wrote the model, opened it and ran it.%n"
            + "Try it: turnwise demo --model %s%n"
            + "Its threshold is %s, a guess; if these are the weights of ResNet34-LM, say"
            + " --threshold %s.%n"
            + "A name, a digest that must hold and a threshold: docs/how-to/bring-your-own-model.md%n",
        network.layout() == ResNet34.Layout.MLX ? "MLX's" : "PyTorch's",
        out.toAbsolutePath(),
        ModelCatalog.DEFAULT_THRESHOLD,
        RESNET34_LM_THRESHOLD);
    err.flush();
  }
}
