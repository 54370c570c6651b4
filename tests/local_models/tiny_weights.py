"""Pipelines of every family with tiny random weights, saved as real ones are: a folder each.

A program for a Python that has the libraries: `python tiny_weights.py FOLDER [FAMILY...]`. The
clips are coloured noise; that a request gets from the words to the file is what they show.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

SPECIAL = ["<pad>", "</s>", "<unk>", "<s>"]
BLOCKS = 4
WIDE = 32


def tokenizer(longest: int = 16) -> Any:
    """One token a byte: any prompt can be said, and other words are other numbers."""
    letters = [*SPECIAL, *sorted(ByteLevel.alphabet())]
    made = Tokenizer(BPE(vocab={letter: n for n, letter in enumerate(letters)}, merges=[]))
    made.pre_tokenizer = ByteLevel(add_prefix_space=False)
    made.decoder = ByteLevelDecoder()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        bos_token="<s>",
        model_max_length=longest,
    )


def t5() -> Any:
    config = transformers.T5Config(
        vocab_size=260, d_model=WIDE, d_kv=8, d_ff=37, num_layers=2, num_heads=4
    )
    return transformers.T5EncoderModel(config).eval()


def still_vae() -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(WIDE, WIDE),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=8,
    )


def clip_vision() -> Any:
    return transformers.CLIPVisionConfig(
        hidden_size=WIDE,
        projection_dim=WIDE,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=37,
        image_size=224,
        patch_size=56,
    )


def picture_reader() -> Any:
    return transformers.CLIPImageProcessor()


def ltx() -> Any:
    vae = diffusers.AutoencoderKLLTXVideo(
        latent_channels=8,
        block_out_channels=(8,) * BLOCKS,
        decoder_block_out_channels=(8,) * BLOCKS,
        layers_per_block=(1,) * (BLOCKS + 1),
        decoder_layers_per_block=(1,) * (BLOCKS + 1),
        spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False),
        decoder_inject_noise=(False,) * (BLOCKS + 1),
        upsample_residual=(False,) * BLOCKS,
        upsample_factor=(1,) * BLOCKS,
        timestep_conditioning=False,
        patch_size=1,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
    )
    return diffusers.LTXPipeline(
        transformer=diffusers.LTXVideoTransformer3DModel(
            in_channels=8,
            out_channels=8,
            num_attention_heads=4,
            attention_head_dim=8,
            cross_attention_dim=WIDE,
            num_layers=2,
            caption_channels=WIDE,
        ),
        vae=vae,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        text_encoder=t5(),
        tokenizer=tokenizer(),
    )


def wan_vae() -> Any:
    return diffusers.AutoencoderKLWan(
        base_dim=3,
        z_dim=16,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
    )


def wan_transformer(**changes: Any) -> Any:
    shape = {
        "patch_size": (1, 2, 2),
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": 16,
        "out_channels": 16,
        "text_dim": WIDE,
        "freq_dim": 256,
        "ffn_dim": WIDE,
        "num_layers": 2,
        "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads",
        "rope_max_seq_len": 32,
    }
    return diffusers.WanTransformer3DModel(**{**shape, **changes})


def wan() -> Any:
    return diffusers.WanPipeline(
        transformer=wan_transformer(),
        vae=wan_vae(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        text_encoder=t5(),
        tokenizer=tokenizer(),
    )


def wan_image() -> Any:
    return diffusers.WanImageToVideoPipeline(
        # The noise, the picture and where the picture is: three times the channels, and four.
        transformer=wan_transformer(in_channels=36, image_dim=WIDE),
        vae=wan_vae(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        text_encoder=t5(),
        tokenizer=tokenizer(),
        image_encoder=transformers.CLIPVisionModelWithProjection(clip_vision()).eval(),
        image_processor=picture_reader(),
    )


def cogvideox_parts(channels: int, *, head: int, rotary: bool) -> dict[str, Any]:
    return {
        "transformer": diffusers.CogVideoXTransformer3DModel(
            num_attention_heads=4,
            attention_head_dim=head,
            in_channels=channels,
            out_channels=4,
            time_embed_dim=2,
            text_embed_dim=WIDE,
            num_layers=1,
            sample_width=8,
            sample_height=8,
            sample_frames=9,
            patch_size=2,
            temporal_compression_ratio=4,
            max_text_seq_length=16,
            use_rotary_positional_embeddings=rotary,
        ),
        "vae": diffusers.AutoencoderKLCogVideoX(
            in_channels=3,
            out_channels=3,
            down_block_types=("CogVideoXDownBlock3D",) * BLOCKS,
            up_block_types=("CogVideoXUpBlock3D",) * BLOCKS,
            block_out_channels=(8,) * BLOCKS,
            latent_channels=4,
            layers_per_block=1,
            norm_num_groups=2,
            temporal_compression_ratio=4,
        ),
        "scheduler": diffusers.CogVideoXDDIMScheduler(),
        "text_encoder": t5(),
        "tokenizer": tokenizer(),
    }


def cogvideox() -> Any:
    """As the smaller of its weights tell places, the picture model as the larger do."""
    return diffusers.CogVideoXPipeline(**cogvideox_parts(4, head=8, rotary=False))


def cogvideox_image() -> Any:
    return diffusers.CogVideoXImageToVideoPipeline(**cogvideox_parts(8, head=16, rotary=True))


def still() -> Any:
    """Stable Diffusion, which an adapter sets in motion."""
    config = transformers.CLIPTextConfig(
        vocab_size=260,
        hidden_size=WIDE,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=77,
        bos_token_id=3,
        eos_token_id=1,
        pad_token_id=0,
    )
    return diffusers.StableDiffusionPipeline(
        unet=diffusers.UNet2DConditionModel(
            block_out_channels=(8, 8),
            layers_per_block=1,
            sample_size=8,
            in_channels=4,
            out_channels=4,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=WIDE,
            norm_num_groups=2,
        ),
        vae=still_vae(),
        scheduler=diffusers.DDIMScheduler(),
        text_encoder=transformers.CLIPTextModel(config).eval(),
        tokenizer=tokenizer(77),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def motion() -> Any:
    return diffusers.MotionAdapter(
        block_out_channels=(8, 8),
        motion_layers_per_block=1,
        motion_norm_num_groups=2,
        motion_num_attention_heads=4,
        use_motion_mid_block=False,
        motion_max_seq_length=32,
    )


def svd() -> Any:
    return diffusers.StableVideoDiffusionPipeline(
        unet=diffusers.UNetSpatioTemporalConditionModel(
            block_out_channels=(WIDE, 64),
            layers_per_block=1,
            sample_size=8,
            in_channels=8,
            out_channels=4,
            down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
            up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
            cross_attention_dim=WIDE,
            num_attention_heads=4,
            projection_class_embeddings_input_dim=96,
            addition_time_embed_dim=WIDE,
        ),
        vae=diffusers.AutoencoderKLTemporalDecoder(
            block_out_channels=(WIDE, WIDE),
            down_block_types=("DownEncoderBlock2D",) * 2,
            latent_channels=4,
        ),
        scheduler=diffusers.EulerDiscreteScheduler(
            prediction_type="v_prediction", timestep_type="continuous", use_karras_sigmas=True
        ),
        image_encoder=transformers.CLIPVisionModelWithProjection(clip_vision()).eval(),
        feature_extractor=picture_reader(),
    )


FAMILIES: dict[str, Callable[[], Any]] = {
    "ltx": ltx,
    "wan": wan,
    "wan-image": wan_image,
    "cogvideox": cogvideox,
    "cogvideox-image": cogvideox_image,
    "still": still,
    "motion": motion,
    "svd": svd,
}
"""Folder -> what is saved there; every one of them is made from the same first random number."""


def main() -> None:
    folder = Path(sys.argv[1])
    sizes = {}
    for name in sys.argv[2:] or FAMILIES:
        torch.manual_seed(0)
        # Aside first: a folder that is there is whole.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as aside:
            FAMILIES[name]().save_pretrained(Path(aside) / name)
            (Path(aside) / name).rename(folder / name)
        sizes[name] = sum(f.stat().st_size for f in (folder / name).rglob("*") if f.is_file())
    sys.stdout.write(json.dumps(sizes) + "\n")


if __name__ == "__main__":
    main()
