"""Whether batches fit into the memory of a CUDA device: by trying."""

from __future__ import annotations

import torch

from transformer_mt.config import TrainingConfig
from transformer_mt.device import give_back_memory, is_out_of_memory
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.trial_updates import TrialUpdates
from transformer_mt.training.worst_batches import worst_shapes

# What is left over for memory in pieces that no tensor fits into: batches of text differ in shape.
_SHARE = 0.9


class DeviceProbe:
    """Makes updates with the worst batches of a size; its model is spoilt by that."""

    def __init__(
        self,
        model: Transformer,
        settings: TrainingConfig,
        *,
        max_source_length: int,
        max_target_length: int,
    ) -> None:
        self._limits = {
            "max_source_length": max_source_length,
            "max_target_length": max_target_length,
        }
        self._device = next(model.parameters()).device
        free, _ = torch.cuda.mem_get_info(self._device)
        self.usable = int(_SHARE * (free + torch.cuda.memory_reserved(self._device)))
        """Bytes that training may reserve on the device."""
        self._update = TrialUpdates(model, settings)

    def fits(self, tokens: int) -> bool:
        """Tell whether updates with the worst batches of so many tokens a side stay within that."""
        torch.cuda.reset_peak_memory_stats(self._device)
        out_of_memory = False
        try:
            for shape in worst_shapes(tokens, **self._limits):
                self._update(*shape)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            out_of_memory = True
        peak = torch.cuda.max_memory_reserved(self._device)
        give_back_memory(self._device)
        return not out_of_memory and peak <= self.usable
