"""ResNet34 in WeSpeaker's layout: the same tensor names and graph as ResNet34-LM, with `width` channels instead of 32."""
import torch
import torch.nn as nn
import torch.nn.functional as F

EMBEDDING = 256


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Sequential() if same else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x), inplace=True)


class ResNet34(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        inputs, layers = width, []
        for blocks, factor, stride in zip([3, 4, 6, 3], [1, 2, 4, 8], [1, 2, 2, 2]):
            outputs = width * factor
            layers.append(nn.Sequential(*[BasicBlock(inputs if b == 0 else outputs, outputs, stride if b == 0 else 1)
                                          for b in range(blocks)]))
            inputs = outputs
        self.layer1, self.layer2, self.layer3, self.layer4 = layers
        self.seg_1 = nn.Linear(8 * width * 10 * 2, EMBEDDING)   # 80 bins / 8 = 10 rows, mean and deviation of each
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode='fan_out', nonlinearity='relu')

    def forward(self, feats):
        """feats [B, T, 80], mean subtracted -> [B, 256], not normalised. T <= 8 leaves one column: deviation is NaN."""
        x = feats.transpose(1, 2).unsqueeze(1)
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x)))).float()
        mean = x.mean(-1, keepdim=True)
        away = x - mean
        variance = (away * away).sum(-1) / (x.shape[-1] - 1)    # unbiased, as in the original
        statistics = torch.cat([mean.flatten(1), torch.sqrt(variance + 1e-7).flatten(1)], 1)
        return F.linear(statistics, self.seg_1.weight, self.seg_1.bias)
