package io.turnwise.conversion.resnet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.turnwise.conversion.weights.UnusableWeights;
import io.turnwise.testing.Shared;
import io.turnwise.testing.TinyResNet34;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResNet34Test {
  private static final float WITHIN = 1e-5f;

  @TempDir Path folder;

  static Stream<Arguments> layouts() {
    TinyResNet34 network = TinyResNet34.golden();
    return Stream.of(
        Arguments.of("PyTorch's names after resnet.", network.safetensors("resnet.")),
        Arguments.of("PyTorch's names after model.resnet.", network.safetensors("model.resnet.")),
        Arguments.of("WeSpeaker's and the starter's names", network.safetensors("")),
        Arguments.of("the MLX port's names", network.mlx()),
        Arguments.of("the MLX port as published", network.mlxAsPublished()),
        Arguments.of("an MLX module's names, deflated", network.mlxModule()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void shouldComputeWhatPyTorchComputes(String layout, byte[] file) throws Exception {
    // Given
    byte[] graph = ResNet34.read(written(file)).toOnnx();

    for (Golden golden : golden()) {
      // When
      float[] embedding = run(graph, TinyResNet34.feats(golden.frames), 1, golden.frames);

      // Then
      assertArrayEquals(golden.embedding, embedding, WITHIN, golden.frames + " frames");
    }
  }

  @Test
  void shouldGiveTheSameBytesFromBothLayouts() throws Exception {
    TinyResNet34 network = TinyResNet34.golden();

    assertArrayEquals(
        ResNet34.read(written(network.safetensors("resnet."))).toOnnx(),
        ResNet34.read(written(network.mlx())).toOnnx());
  }

  @Test
  void shouldTellTheLayoutsApart() throws Exception {
    TinyResNet34 network = TinyResNet34.golden();

    assertEquals(
        ResNet34.Layout.PYTORCH, ResNet34.read(written(network.safetensors("resnet."))).layout());
    assertEquals(ResNet34.Layout.MLX, ResNet34.read(written(network.mlx())).layout());
  }

  @Test
  void shouldEmbedEachStretchOfABatchAsIfItWereAlone() throws Exception {
    // Given
    byte[] graph = ResNet34.read(written(TinyResNet34.golden().mlx())).toOnnx();
    float[] first = TinyResNet34.feats(40);
    float[] second = Arrays.copyOf(TinyResNet34.feats(148), first.length);
    float[] both = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(second, 0, both, first.length, second.length);

    // When
    float[] embeddings = run(graph, both, 2, 40);

    // Then
    assertArrayEquals(
        run(graph, first, 1, 40), Arrays.copyOf(embeddings, TinyResNet34.DIMENSION), WITHIN);
    assertArrayEquals(
        run(graph, second, 1, 40),
        Arrays.copyOfRange(embeddings, TinyResNet34.DIMENSION, embeddings.length),
        WITHIN);
  }

  @Test
  void shouldInferWidthAndDimensionFromTheShapes() throws Exception {
    ResNet34 network = ResNet34.read(written(TinyResNet34.of(4, 20).mlx()));

    assertEquals(4, network.width());
    assertEquals(20, network.dimension());
  }

  @Test
  void shouldCountTheParametersOfThePublishedNetwork() {
    // 6.63 million, says WeSpeaker
    assertEquals(6_634_336, new Architecture(32, 256).parameters());
    assertEquals(182, new Architecture(32, 256).tensors().size());
  }

  @Test
  void shouldHaveTheConvolutionsOfThePublishedGraph() throws Exception {
    // Given
    Path reference = Shared.require("reference/wespeaker_resnet34_lm.graph_only.onnx");
    List<String> published = convolutions(Files.readAllBytes(reference));
    assertEquals(36, published.size());

    // When
    byte[] graph = ResNet34.read(written(TinyResNet34.golden().safetensors(""))).toOnnx();

    // Then
    assertEquals(published, convolutions(graph));
  }

  /** Each convolution's name, strides and padding, in the graph's order. */
  private static List<String> convolutions(byte[] graph) throws Exception {
    return ModelProto.parseFrom(graph).getGraph().getNodeList().stream()
        .filter(node -> node.getOpType().equals("Conv"))
        .map(
            node ->
                node.getInput(1).replaceFirst("^resnet\\.", "")
                    + attribute(node, "strides")
                    + attribute(node, "pads"))
        .toList();
  }

  private static List<Long> attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst()
        .orElseThrow()
        .getIntsList();
  }

  @Test
  void shouldReadBfloat16() throws Exception {
    // Given
    TinyResNet34 network = TinyResNet34.golden();
    byte[] halves = network.bfloat16();
    byte[] singles = network.truncated().safetensors("");

    // Then
    assertArrayEquals(
        ResNet34.read(written(singles)).toOnnx(), ResNet34.read(written(halves)).toOnnx());
  }

  @Test
  void shouldIgnoreTheTrainingClassifier() throws Exception {
    // Given
    TinyResNet34 network = TinyResNet34.golden();
    byte[] plain = ResNet34.read(written(network.safetensors(""))).toOnnx();

    // When
    network.with("projection.weight", new int[] {2, 2}, 1, 2, 3, Float.NaN);

    // Then
    assertArrayEquals(plain, ResNet34.read(written(network.safetensors(""))).toOnnx());
  }

  @Test
  void shouldNameEveryMissingTensorAsTheFileWouldSpellIt() throws Exception {
    TinyResNet34 network =
        TinyResNet34.golden()
            .without("layer2.0.shortcut.0.weight")
            .without("layer4.2.bn2.running_var")
            .without("seg_1.bias");

    assertFault(
        "it lacks layer2.0.shortcut_conv.weight, layer4.2.bn2.running_var, fc.bias; docs",
        network.mlx());
    assertFault(
        "it lacks resnet.layer2.0.shortcut.0.weight, resnet.layer4.2.bn2.running_var,"
            + " resnet.seg_1.bias; docs",
        network.safetensors("resnet."));
  }

  @Test
  void shouldNameTheFirstKernelWhereItIsMissing() throws Exception {
    assertFault(
        "it lacks resnet.conv1.weight; docs",
        TinyResNet34.golden().without("conv1.weight").safetensors("resnet."));
  }

  @Test
  void shouldNameTensorsOfWrongShapesWithTheShapesThatAreWanted() throws Exception {
    TinyResNet34 network =
        TinyResNet34.golden()
            .with("layer1.1.conv2.weight", new int[] {3, 3, 1, 1}, new float[9])
            .with("layer3.5.bn1.bias", new int[] {6}, new float[6])
            .with("seg_1.weight", new int[] {12, 240}, new float[12 * 240]);

    assertFault(
        "it has of another shape layer1.1.conv2.weight [3, 3, 1, 1] (wanted [3, 3, 3, 3]),"
            + " layer3.5.bn1.bias [6] (wanted [12]), seg_1.weight [12, 240] (wanted [12, 480]);"
            + " docs",
        network.safetensors(""));
  }

  @Test
  void shouldNameTheFirstKernelAloneWhereItTellsNoWidth() throws Exception {
    assertFault(
        "it has of another shape conv1.weight [3, 9] (wanted [W, 1, 3, 3] or [W, 3, 3, 1]); docs",
        TinyResNet34.golden()
            .with("conv1.weight", new int[] {3, 9}, new float[27])
            .safetensors(""));
  }

  @Test
  void shouldNotMixTheLayoutsOfKernels() throws Exception {
    assertFault(
        "layer2.1.conv1.weight [6, 3, 3, 6] (wanted [6, 6, 3, 3])",
        TinyResNet34.golden()
            .with("layer2.1.conv1.weight", new int[] {6, 3, 3, 6}, new float[324])
            .safetensors(""));
  }

  @Test
  void shouldNameTensorsThatTheNetworkDoesNotHave() throws Exception {
    assertFault(
        "it has, unknown to the network, layer1.3.conv1.weight, attention.weight; docs",
        TinyResNet34.golden()
            .with("layer1.3.conv1.weight", new int[] {3, 3, 3, 3}, new float[81])
            .with("attention.weight", new int[] {1}, 1f)
            .safetensors(""));
  }

  @Test
  void shouldSayThatASecondEmbeddingLayerMakesAnotherNetwork() throws Exception {
    assertFault(
        "it has the second embedding layer of another network: seg_bn_1.weight, seg_2.weight",
        TinyResNet34.golden()
            .with("seg_bn_1.weight", new int[] {12}, new float[12])
            .with("seg_2.weight", new int[] {1, 12}, new float[12])
            .safetensors(""));
  }

  @Test
  void shouldRefuseALayerUnderTwoNames() throws Exception {
    assertFault(
        "it has under two names seg_1.bias = fc.bias",
        TinyResNet34.golden().with("fc.bias", new int[] {12}, new float[12]).safetensors(""));
  }

  @Test
  void shouldRefuseTwoNetworksInOneFile() throws Exception {
    assertFault(
        "it has, unknown to the network, ema.conv1.weight",
        TinyResNet34.golden()
            .with("ema.conv1.weight", new int[] {3, 1, 3, 3}, new float[27])
            .safetensors(""));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldNameTensorsWithValuesThatAreNotFinite(float value) throws Exception {
    assertFault(
        "it has values that are not finite in layer1.0.bn1.weight, layer2.0.shortcut_conv.weight,"
            + " fc.weight; docs",
        TinyResNet34.golden()
            .with("layer1.0.bn1.weight", 2, value)
            .with("layer2.0.shortcut.0.weight", 7, value)
            .with("seg_1.weight", 0, value)
            .mlx());
  }

  @Test
  void shouldNameNegativeVariances() throws Exception {
    assertFault(
        "it has variances below zero in bn1.running_var",
        TinyResNet34.golden().with("bn1.running_var", 1, -1f).safetensors(""));
  }

  @Test
  void shouldNameNoMoreTensorsThanFitASentence() throws Exception {
    UnusableWeights refused =
        assertThrows(
            UnusableWeights.class,
            () ->
                ResNet34.read(
                    written(
                        new io.turnwise.testing.SafetensorsBytes()
                            .array("a", new int[] {1}, new float[1])
                            .file())));

    assertTrue(refused.getMessage().contains(" and 170 more"), refused.getMessage());
  }

  private void assertFault(String words, byte[] file) throws Exception {
    Path path = written(file);
    UnusableWeights refused = assertThrows(UnusableWeights.class, () -> ResNet34.read(path));
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
    assertTrue(refused.getMessage().contains(path.toString()), refused.getMessage());
  }

  private Path written(byte[] file) throws Exception {
    return Files.write(Files.createTempFile(folder, "weights", ""), file);
  }

  private record Golden(int frames, float[] embedding) {}

  private static List<Golden> golden() throws Exception {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ResNet34Test.class.getResourceAsStream("golden.txt"), StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .map(
              line -> {
                String[] words = line.split(" ");
                float[] embedding = new float[words.length - 1];
                for (int i = 0; i < embedding.length; i++) {
                  embedding[i] = Float.parseFloat(words[i + 1]);
                }
                return new Golden(Integer.parseInt(words[0]), embedding);
              })
          .toList();
    }
  }

  private static float[] run(byte[] graph, float[] feats, int batch, int frames) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(graph);
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(feats), new long[] {batch, frames, 80});
        OrtSession.Result result = session.run(Map.of("feats", input))) {
      FloatBuffer values = ((OnnxTensor) result.get("embs").orElseThrow()).getFloatBuffer();
      float[] embeddings = new float[values.remaining()];
      values.get(embeddings);
      return embeddings;
    }
  }
}
