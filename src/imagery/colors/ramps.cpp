#include "imagery/colors/ramps.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <charconv>

namespace landfall::imagery {
namespace {

// As few points of matplotlib's 256 colours as keep every byte within 1 of them. NOTICE names who made which. One is
// ours: relief, heights without a sea.
constexpr Ramp kRamps[] = {
    {"perceptual", "viridis",
     "00440154 0f481769 1d482979 2e433e85 423a548c 5f2c718e 7823898e 8b1e9b8a 9520a486 a028ae80 ac38b977 b64ac16d "
     "c160ca60 cf81d34d e6bddf26 edd0e11c f3dfe318 f8ece51b fdf8e621 fffde725"},
    {"perceptual", "plasma",
     "000d0887 051b068d 13370499 265601a4 346c00a8 3e7b02a8 478808a6 559c179e 67b22b8f 8ad5536f a7eb7556 bff89441 "
     "d1fdae32 e0fdc527 edfada24 fbf2f227 fef0f724 fff0f921"},
    {"perceptual", "inferno",
     "00000004 03010108 0a050417 130e092b 1d1c0c43 272d0b59 2f3b0964 384a0c6b 445d126e 53751b6e 69982766 7db73557 "
     "8bcb4149 9bdf5337 acef6c23 bcf8870e c1fa9008 c7fb9b06 ccfca50a d5fbb61a dff9c932 e6f6d746 ebf4e156 f0f2ea69 "
     "f5f2f27d fbf6fa96 fffcffa4"},
    {"perceptual", "magma",
     "00000004 0502020b 0e08071e 1d19103f 27271258 3036106b 38440f76 4254137d 536e1e81 69912b81 7fb5367a 91d2426f "
     "9fe55064 a7ee5b5e b0f56b5c b9f97b5d c3fc8e64 cefea36f e0fec488 f6fcecae fffcfdbf"},
    {"perceptual", "cividis",
     "0000224e 0d002c64 1300306f 16003171 17013271 1c123570 23203a6f 3032436d 3f424e6c 52555b6d 6e6d6f72 807d7c78 "
     "98938e78 b7b3a670 d3d0be62 e7e6d051 f4f5dc41 fbfde334 fcfee434 fffee838"},
    {"perceptual", "turbo",
     "0030123b 04351e58 0b3c3286 134249b1 194559cb 1f4669e0 244776ee 2a4685fa 304294ff 363aa3fc 3e2cb7f0 481ccdd8 "
     "4e18d9c8 5218e0bd 571de7b2 5c27eea4 643ff68a 706dfe62 788bff4b 7e9ffd3f 84affa37 8bc1f334 94d7e535 9ce7d739 "
     "a6f6c33a acfbb637 b4fea130 bcfd8a26 c6f66c19 d0eb500e d7e14109 e2cc2b04 edb21a01 f98e0a01 ff7a0403"},
    {"sequential", "gray", "00000000 ffffffff"},
    {"sequential", "Greys", "00ffffff 26ececec 48d2d2d2 61bbbbbb 8b898989 c1505050 e0242424 ff000000"},
    {"sequential", "Blues", "00f7fbff 3ec7dcef 47bdd7ec 619cc9e1 8169add5 a23f8fc5 c21f6eb3 df08519c ff08306b"},
    {"sequential", "Greens", "00f7fcf5 21e4f5df 44c2e7bb 649bd696 8073c476 a040aa5d c41e8741 df006d2c ff00441b"},
    {"sequential", "Oranges", "00fff5eb 20fee6ce 41fdcfa0 62fdac67 80fd8c3b 9ff16913 c0d84801 e0a53603 ff7f2704"},
    {"sequential", "Purples", "00fcfbfd 23edebf4 41d9d9ea 61bbbbdb 839b97c6 a17f7bb9 ca63439c eb4c1888 ff3f007d"},
    {"sequential", "Reds", "00fff5f0 22fedecf 47fcb296 62fc8f6f 80fb694a 9fef3c2c bfcb181d dfa50f15 ff67000d"},
    {"sequential", "BuGn", "00f7fcfd 20e5f5f9 40ccece6 6197d7c7 8164c1a2 a040ad75 c0228a44 df006d2c ff00441b"},
    {"sequential", "BuPu", "00f7fcfd 22deeaf3 54aac4de 609ebcda 808c95c6 a38c66af c088409c df810f7c ff4d004b"},
    {"sequential", "GnBu", "00f7fcf0 2cd8f0d3 41cbeac4 60a7ddb5 8277cac5 a04db2d3 c62484ba df0868ac ff084081"},
    {"sequential", "OrRd", "00fff7ec 24fee5c3 40fdd49e 5ffdbb85 64fdb57e 80fc8c59 a0ef6447 c1d52d1d dfb30000 ff7f0000"},
    {"sequential", "PuBu", "00fff7fb 21ebe6f2 40d0d1e6 63a1bbda 8171a8ce a0358fc0 bf0570b0 e004598c ff023858"},
    {"sequential", "PuBuGn", "00fff7fb 21ebe1f0 40d0d1e6 60a5bddb 8066a9cf a03590bf bf02818a e0016b58 ff014636"},
    {"sequential", "PuRd", "00f7f4f9 21e6e0ee 42d3b6d9 60c993c7 80df64af 9fe72a8a bcd1145b c0cd1256 e0970042 ff67001f"},
    {"sequential", "RdPu", "00fff7f3 22fddedb 40fcc5c0 61fa9db4 80f767a1 a1db3196 bfae017e e2760176 ff49006a"},
    {"sequential", "YlGn", "00ffffe5 21f6fcb8 42d6efa2 61abdc8d 8372c376 a040aa5c c1218242 df006837 ff004529"},
    {"sequential", "YlGnBu",
     "00ffffd9 20edf8b1 3fc8e9b4 5792d5b9 6476cabc 8040b5c4 a01d90c0 c2225aa6 df253494 ff081d58"},
    {"sequential", "YlOrBr", "00ffffe5 22fff6b9 3ffee392 5ffec550 7ffe9a2a 9fec7014 c0cb4b02 e1963304 ff662506"},
    {"sequential", "YlOrRd", "00ffffcc 2bffe691 40fed976 60feb24c 80fd8c3c a0fc4d2a c0e2191c dfbd0026 ff800026"},
    {"sequential", "afmhot", "00000000 40800000 7ffe7f00 80ff8101 bfffff7f ffffffff"},
    {"sequential", "autumn", "00ff0000 ffffff00"},
    {"sequential", "binary", "00ffffff ff000000"},
    {"sequential", "bone", "00000000 5d515171 bfa7c7c7 ffffffff"},
    {"sequential", "cool", "0000ffff ffff00ff"},
    {"sequential", "copper", "00000000 cefea166 d0ffa267 ffffc77f"},
    {"sequential", "gist_gray", "00000000 ffffffff"},
    {"sequential", "gist_heat", "00000000 7fbf0000 80c00100 aaff5500 bfff7f00 c0ff8103 ffffffff"},
    {"sequential", "gist_yarg", "00ffffff ff000000"},
    {"sequential", "hot", "000b0000 5dff0000 befffe00 bfffff03 ffffffff"},
    {"sequential", "pink",
     "001e0000 04321a1a 0a452929 12593737 1c6d4545 2a845454 3e9f6767 54b87777 5ec27f7e 6ec99689 88d4b598 aae1d7aa "
     "bfe9e9b5 d8f2f2d5 f6fcfcf6 ffffffff"},
    {"sequential", "spring", "00ff00ff ffffff00"},
    {"sequential", "summer", "00008066 ffffff66"},
    {"sequential", "Wistia", "00e4ff7a 41ffe719 81ffbc00 c9ff9b00 fffc7f00"},
    {"sequential", "winter", "000000ff ff00ff80"},
    {"diverging", "BrBG",
     "00543005 198b500a 33bf812d 4ddfc37e 66f6e8c3 7ff5f5f4 83eff3f3 99c7eae5 b37fccc0 cc35978f e601655d ff003c30"},
    {"diverging", "bwr", "000000ff 7ffefeff 80fffefe ffff0000"},
    {"diverging", "berlin",
     "009eb0ff 1079abed 1c5ba4db 224d9dcf 293f92be 323382a8 48225973 5d153544 6c101f26 77121215 7e170d0b 851e0b04 "
     "912c0e00 a0411201 aa501803 af591c07 b76a2510 c07d341e ca924632 e7cc7d73 ffffadad"},
    {"diverging", "coolwarm",
     "003b4cc0 114f69d9 25688aef 3781a4fb 4797b8ff 57adc9fd 68c3d5f4 76d3dbe7 81dedcdb 8dead5c9 9cf3c8b2 aaf7b89c "
     "baf6a283 caef886b dce16751 eccf453c f6c12b30 f8be242e ffb40426"},
    {"diverging", "managua",
     "00ffcf67 16e4a459 31c3774a 48a6573f 5c873d39 69733039 72662a3d 7b5c2843 86522b51 914d3464 9e4c447d ab4e5795 "
     "bb556fae d36395cc ee75c5eb ff81e7ff"},
    {"diverging", "PiYG",
     "008e0152 19c41a7c 20cb3289 33de77ae 4cf1b5d9 66fde0ef 7ff7f7f7 99e6f5d0 b3b7e085 cc7fbc41 e64c9121 ff276419"},
    {"diverging", "PRGn",
     "0040004b 1a772b84 339970ab 4cc1a4ce 66e7d4e8 7ff7f6f7 88edf5eb 99d9f0d3 b3a5da9f cc5aae61 e61a7736 ff00441b"},
    {"diverging", "PuOr",
     "007f3b08 1ab45906 33e08214 4dfdb965 66fee0b6 7ff7f7f6 84f2f2f5 99d8daeb b4afa8d0 cc8073ac e6532687 ff2d004b"},
    {"diverging", "RdBu",
     "0067001f 19b1182b 1cb61f2e 33d6604d 4df4a683 66fddbc7 7ff7f6f6 87ecf2f5 99d1e5f0 b293c6de cc4393c3 e62065ab "
     "ff053061"},
    {"diverging", "RdGy",
     "0067001f 19b1182b 1cb61f2e 33d6604d 4df4a683 66fddbc7 7ffffefe 81fdfdfd 9cdcdcdc b4b7b7b7 cd858585 e74a4a4a "
     "ff1a1a1a"},
    {"diverging", "RdYlBu",
     "00a50026 19d62f27 33f46d43 4dfdaf62 66fee090 80feffc0 99e0f3f8 b3aad8e9 cd72abd0 e54676b5 ff313695"},
    {"diverging", "RdYlGn",
     "00a50026 19d62f27 33f46d43 4dfdaf62 66fee08b 7ffffebe 83fafdb8 99d9ef8b b2a7d96b b5a0d669 cc66bd63 e6199750 "
     "ff006837"},
    {"diverging", "seismic", "0000004d 3f0000fd 400101ff 7ffdfdff 80fffdfd bfff0101 c0fe0000 ff800000"},
    {"diverging", "Spectral",
     "009e0142 1ad63f4f 33f46d43 4dfdaf62 66fee08b 7ffffebe 81fefebd 99e6f598 b4a7dba4 cc66c2a5 e53389bd e63387bc "
     "ff5e4fa2"},
    {"diverging", "vanimo",
     "00ffcdfd 0fe8a2de 22ca73b9 2eb65ba3 3a9f488c 45863775 5659234d 5f421c39 6535182d 6e261520 7321141b 791c1416 "
     "83191612 8e1b1e11 97212913 a42e3e18 b7476221 cf658c31 d7719b39 e07fae47 e78cbe55 f09ed56e fbb5f295 ffbefda5"},
    {"cyclic", "hsv",
     "00ff0000 28ffec00 2afcf500 2cf8fd00 2df4ff00 5508ff00 5900ff10 8100fffc 8200fcff aa0010ff ae0800ff d6f400ff "
     "d7f800fd dbff00ed ffff0018"},
    {"cyclic", "twilight",
     "00e2d9e2 04ddd9e0 0ad2d5db 10c2ced4 1ba1bdc9 2093b4c6 2192b3c6 2489adc5 2588acc4 2880a5c3 297fa5c3 2a7ca2c2 "
     "307196c1 317195c0 346c8ebf 356b8dbf 36698abf 3d647cbc 3e6379bb 426171b9 456069b7 4d5f57b0 515e4dab 555e43a5 "
     "595d3a9e 6158278b 6258268a 63572385 694f1972 6a4f1970 6b4c176b 71421257 72411256 753c114b 79361142 7d32123a "
     "7f301437 80301437 83341238 86381139 8f4a1342 94561546 9c6c1b4e a37e2250 ac922f50 b3a03d50 b4a03e50 baab4b50 "
     "c4b86155 ccc0755e d3c5866a d8c89275 e2ceab92 e4cfae97 e6d1b4a0 f2dbccc8 f8dfd5d8 fee2d9e1 ffe2d9e2"},
    {"cyclic", "twilight_shifted",
     "00301437 0333113c 08391146 0f44135a 164f1972 1c572385 205a2b90 215a2d92 245c359a 255c369b 275d3ca0 295d40a2 "
     "2e5e4dab 375f62b4 3d616fb9 416379bb 4a6a8bbf 4c6d90c0 51759ac1 52769bc1 5985a9c4 5a86aac4 6199b8c8 629ab8c8 "
     "64a1bdc9 69b0c5cd 6ab2c6ce 6cb9c9d0 74d0d4d9 79dad8df 7adbd8df 7cded9e1 7fe2d9e2 84e1d7dc 8addd0ce 93d5bfb1 "
     "94d4beaf 95d3baaa 9ecda68c a3ca9a7d aac6896c b1c1775f b4bf715c b9b96456 c2ae5051 c9a34150 d2922f50 d48f2d50 "
     "d7872750 dd792050 e3691a4d e75f174a f243123e f440123d f8381139 ff2f1436"},
    {"qualitative", "Accent",
     "007fc97f 1f7fc97f 20beaed4 3fbeaed4 40fdc086 5ffdc086 60ffff99 7fffff99 80386cb0 9f386cb0 a0f0027f bff0027f "
     "c0bf5b17 dfbf5b17 e0666666 ff666666"},
    {"qualitative", "Dark2",
     "001b9e77 1f1b9e77 20d95f02 3fd95f02 407570b3 5f7570b3 60e7298a 7fe7298a 8066a61e 9f66a61e a0e6ab02 bfe6ab02 "
     "c0a6761d dfa6761d e0666666 ff666666"},
    {"qualitative", "okabe_ito",
     "00000000 1f000000 20e69f00 3fe69f00 4056b4e9 5f56b4e9 60009e73 7f009e73 80f0e442 9ff0e442 a00072b2 bf0072b2 "
     "c0d55e00 dfd55e00 e0cc79a7 ffcc79a7"},
    {"qualitative", "Paired",
     "00a6cee3 15a6cee3 161f78b4 2a1f78b4 2bb2df8a 3fb2df8a 4033a02c 5433a02c 55fb9a99 6afb9a99 6be31a1c 7fe31a1c "
     "80fdbf6f 94fdbf6f 95ff7f00 a9ff7f00 aacab2d6 bfcab2d6 c06a3d9a d46a3d9a d5ffff99 e9ffff99 eab15928 ffb15928"},
    {"qualitative", "Pastel1",
     "00fbb4ae 1cfbb4ae 1db3cde3 38b3cde3 39ccebc5 54ccebc5 55decbe4 71decbe4 72fed9a6 8dfed9a6 8effffcc a9ffffcc "
     "aae5d8bd c6e5d8bd c7fddaec e2fddaec e3f2f2f2 fff2f2f2"},
    {"qualitative", "Pastel2",
     "00b3e2cd 1fb3e2cd 20fdcdac 3ffdcdac 40cbd5e8 5fcbd5e8 60f4cae4 7ff4cae4 80e6f5c9 9fe6f5c9 a0fff2ae bffff2ae "
     "c0f1e2cc dff1e2cc e0cccccc ffcccccc"},
    {"qualitative", "Set1",
     "00e41a1c 1ce41a1c 1d377eb8 38377eb8 394daf4a 544daf4a 55984ea3 71984ea3 72ff7f00 8dff7f00 8effff33 a9ffff33 "
     "aaa65628 c6a65628 c7f781bf e2f781bf e3999999 ff999999"},
    {"qualitative", "Set2",
     "0066c2a5 1f66c2a5 20fc8d62 3ffc8d62 408da0cb 5f8da0cb 60e78ac3 7fe78ac3 80a6d854 9fa6d854 a0ffd92f bfffd92f "
     "c0e5c494 dfe5c494 e0b3b3b3 ffb3b3b3"},
    {"qualitative", "Set3",
     "008dd3c7 158dd3c7 16ffffb3 2affffb3 2bbebada 3fbebada 40fb8072 54fb8072 5580b1d3 6a80b1d3 6bfdb462 7ffdb462 "
     "80b3de69 94b3de69 95fccde5 a9fccde5 aad9d9d9 bfd9d9d9 c0bc80bd d4bc80bd d5ccebc5 e9ccebc5 eaffed6f ffffed6f"},
    {"qualitative", "tab10",
     "001f77b4 191f77b4 1aff7f0e 32ff7f0e 332ca02c 4c2ca02c 4dd62728 65d62728 669467bd 7f9467bd 808c564b 988c564b "
     "99e377c2 b2e377c2 b37f7f7f cb7f7f7f ccbcbd22 e5bcbd22 e617becf ff17becf"},
    {"qualitative", "tab20",
     "001f77b4 0c1f77b4 0daec7e8 19aec7e8 1aff7f0e 26ff7f0e 27ffbb78 32ffbb78 332ca02c 3f2ca02c 4098df8a 4c98df8a "
     "4dd62728 59d62728 5aff9896 65ff9896 669467bd 729467bd 73c5b0d5 7fc5b0d5 808c564b 8c8c564b 8dc49c94 98c49c94 "
     "99e377c2 a5e377c2 a6f7b6d2 b2f7b6d2 b37f7f7f bf7f7f7f c0c7c7c7 cbc7c7c7 ccbcbd22 d8bcbd22 d9dbdb8d e5dbdb8d "
     "e617becf f217becf f39edae5 ff9edae5"},
    {"qualitative", "tab20b",
     "00393b79 0c393b79 0d5254a3 195254a3 1a6b6ecf 266b6ecf 279c9ede 329c9ede 33637939 3f637939 408ca252 4c8ca252 "
     "4db5cf6b 59b5cf6b 5acedb9c 65cedb9c 668c6d31 728c6d31 73bd9e39 7fbd9e39 80e7ba52 8ce7ba52 8de7cb94 98e7cb94 "
     "99843c39 a5843c39 a6ad494a b2ad494a b3d6616b bfd6616b c0e7969c cbe7969c cc7b4173 d87b4173 d9a55194 e5a55194 "
     "e6ce6dbd f2ce6dbd f3de9ed6 ffde9ed6"},
    {"qualitative", "tab20c",
     "003182bd 0c3182bd 0d6baed6 196baed6 1a9ecae1 269ecae1 27c6dbef 32c6dbef 33e6550d 3fe6550d 40fd8d3c 4cfd8d3c "
     "4dfdae6b 59fdae6b 5afdd0a2 65fdd0a2 6631a354 7231a354 7374c476 7f74c476 80a1d99b 8ca1d99b 8dc7e9c0 98c7e9c0 "
     "99756bb1 a5756bb1 a69e9ac8 b29e9ac8 b3bcbddc bfbcbddc c0dadaeb cbdadaeb cc636363 d8636363 d9969696 e5969696 "
     "e6bdbdbd f2bdbdbd f3d9d9d9 ffd9d9d9"},
    {"terrain", "relief", "004c8c5e 338fb56f 66e3dca0 99c9a06a cc9b6b4a f2d9cfc6 ffffffff"},
    {"terrain", "terrain", "00333399 260098fe 28009cf5 3f00cb6b 4001cc66 7ffdff99 80fefe98 bf805c54 c0815e56 ffffffff"},
    {"terrain", "gist_earth",
     "00000000 0101002b 02010039 0705006e 08050274 20153978 3020597b 442d7a7f 48308080 75459a49 774a9b46 8b76a652 "
     "b2b7b75e c8c0a465 ccc4a46f ddd7b298 e5e0bdad f5f2dedd fffdfbfb"},
    {"terrain", "ocean", "00008000 55000055 aa0080aa ffffffff"},
    {"other", "brg", "000000ff 7ffe0001 80fe0100 ff00ff00"},
    {"other", "CMRmap",
     "00000000 20262680 404d26bf 619d347c 7ffd4028 80ff4126 9fe67f00 bfe6bf19 dfe6e57f eef1f1bb ffffffff"},
    {"other", "cubehelix",
     "00000000 0a0f0611 14180f25 1f1b1c3a 28192a46 3017374d 3815464e 4016534c 47195e47 50236a3e 5a357435 634c792f "
     "685a7a2f 6f6f7b31 76847a38 7d997944 83a97951 89b77961 90c57a76 9ad17f96 a4d588b5 aed295d0 b8cca6e4 c0c6b4ee "
     "cac2c6f3 d3c2d6f3 dcc7e3f1 e6d3eeef eddef4ef f7f0fbf5 ffffffff"},
    {"other", "flag",
     "00ff0000 01ff6035 02ffb37e 03ffeac6 04ffffff 05cdeeff 0685b9ff 073c69ff 080009ff 090000d0 0b00003f 0c000000 "
     "0d2c0000 0fbc0000 10fc0000 11ff4f29 12ffa570 13ffe2b9 14fffefa 15d9f4ff 1693c6ff 17497aff 18081cff 190000dd "
     "1a000096 1b00004d 1c00000b 1d1f0000 1e650000 1faf0000 20f10000 21ff3d1c 22ff9662 23ffd9ab 24fffbee 25e6f9ff "
     "26a1d1ff 27578aff 28132fff 290000e9 2a0000a4 2b00005b 2c000016 2d130000 2e570000 2fa10000 30e60000 31ff2a11 "
     "32ff8654 33ffce9d 34fff8e3 35f1fcff 36afdbff 37659aff 381f41ff 390000f4 3a0000b2 3b000069 3c000022 3d080000 "
     "3e490000 3f930000 40d90000 41ff1805 42ff7646 43ffc38f 44fff3d6 45fcfeff 46bce4ff 4773a8ff 482c53ff 490000ff "
     "4a0000c0 4b000077 4c00002f 4d000000 4e3c0000 50cd0000 51ff0500 52ff6539 53ffb681 54ffecca 55ffffff 56caecff "
     "5781b6ff 583965ff 590005ff 5a0000cd 5c00003c 5d000000 5e2f0000 5f770000 60c00000 61ff0000 62ff532c 63ffa873 "
     "64ffe4bc 65fffefc 66d6f3ff 678fc3ff 684676ff 690518ff 6a0000d9 6b000093 6c000049 6d000008 6e220000 6f690000 "
     "70b20000 71f40000 72ff411f 73ff9a65 74ffdbaf 75fffcf1 76e3f8ff 779dceff 785486ff 79112aff 7a0000e6 7b0000a1 "
     "7c000057 7d000013 7e160000 7f5b0000 80a40000 81e90000 82ff2f13 83ff8a57 84ffd1a1 85fff9e6 86eefbff 87abd9ff "
     "886296ff 891c3dff 8a0000f1 8b0000af 8c000065 8d00001f 8e0b0000 8f4d0000 90960000 91dd0000 92ff1c08 93ff7a49 "
     "94ffc693 95fff4d9 96fafeff 97b9e2ff 9870a5ff 99294fff 9a0000fc 9b0000bc 9d00002c 9e000000 9f3f0000 a1d00000 "
     "a2ff0900 a3ff693c a4ffb985 a5ffeecd a6ffffff a7c6eaff a87eb3ff a93560ff aa0000ff ab0000ca ad000039 ae000000 "
     "af320000 b1c30000 b2ff0000 b3ff582f b4ffac77 b5ffe6c0 b6ffffff b7d3f1ff b88cc0ff b94372ff ba0313ff bb0000d6 "
     "bc00008f bd000046 be000005 bf260000 c06c0000 c1b60000 c2f70000 c3ff4622 c4ff9d69 c5ffdeb2 c6fffdf4 c7e0f7ff "
     "c89acbff c95082ff ca0e26ff cb0000e3 cc00009d cd000054 ce000011 cf190000 d05e0000 d1a80000 d2ec0000 d3ff3316 "
     "d4ff8e5b d5ffd4a4 d6fffae9 d7ecfbff d8a8d6ff d95e92ff da1938ff db0000ee dc0000ab dd000062 de00001c df0e0000 "
     "e0500000 e19a0000 e2e00000 e3ff210b e4ff7e4d e5ffc996 e6fff5dd e7f7fdff e8b6e0ff e96ca1ff ea264aff eb0000fa "
     "ec0000b9 ed000070 ee000029 ef030000 f0430000 f2d30000 f3ff0e00 f4ff6d3f f5ffbc88 f6ffefd0 f7ffffff f8c3e8ff "
     "f97aafff fa325cff fb0000ff fc0000c6 fe000035 ff000000"},
    {"other", "gist_ncar",
     "00000080 0d005f06 1b0000ee 1c000eff 2800b8ff 2900c0ff 2d00d3ff 3400f2ff 3700ffeb 4300fa9d 4f00fe1f 510dff0b "
     "5213fb00 5e60ce00 5f66d100 6a7cf500 6c80fc08 6e89ff10 79bbff3c 85f1ff0c 88fff800 94ffda00 a1ffba0e afff4701 "
     "b2ff3900 bcff0a00 beff0023 caff00f8 ccf107ff d7a62dff d89f33fe e5eb80ee fffef8fe"},
    {"other", "gist_rainbow",
     "00ff0029 07ff0003 08ff0200 36fffb00 37feff00 6600ff00 9500fffd 9600fcff c40002ff c50400ff f3fe00ff f5ff00f6 "
     "ffff00bf"},
    {"other", "gist_stern",
     "00000000 0dee0d1a 0eff0e1c 3f0b3f7e 40404080 7f7f7ffe 818181f9 bbbbbb02 bcbcbc02 ffffffff"},
    {"other", "gnuplot",
     "00000000 01100006 031c0013 072a002c 0f3e005c 174d0089 1e5700ac 256101ca 2b6901de 306f02ec 367502f8 3c7c03fe "
     "448405fe 4b8a06f5 508f08eb 58960ad3 609c0eb3 6aa41281 72aa1753 7db31e10 7fb42003 80b52000 93c23100 a6ce4600 "
     "b9d96100 cee58600 deeea800 f1f8d700 ffffff00"},
    {"other", "gnuplot2", "00000000 3f0000fc 400100ff 6b8700ff 91fe4cb3 93ff50af eafffe01 ebffff05 ffffffff"},
    {"other", "jet",
     "00000080 1c0000ff 1f0000ff 200001ff 5600d9ff 5700ddfe 5900e5f8 5e0ff9e7 6016ffe1 a3eeff09 a6f8f500 a8feed00 "
     "aaffe600 e3ff1300 e8e80000 ff800000"},
    {"other", "nipy_spectral",
     "00000000 0c700080 0d770088 19870098 1a83009a 260300aa 270000ad 330000dd 3f0070dd 400078dd 4c0098dd 4d009adb "
     "5900aaab 6600aa88 72009a08 73009a00 9900ff00 a5b0ff00 a6bcff00 b3efed00 c0ffc900 ccff9900 d8ff0900 d9fe0000 "
     "e6dc0000 f2cc0000 f3cc0c0c ffcccccc"},
    {"other", "prism",
     "00ff0000 01ff0000 02ff2100 04ff8200 05ffb000 06ffd800 07fff700 08e3ff00 0a81ff00 0b53fe00 0c2be200 0d0bbd39 "
     "0e00917d 0f0061b9 100030e9 110001ff 121a00ff 133e00ff 146a00fe 159a00d7 16cb00a3 17fa0063 18ff001d 19ff0000 "
     "1aff0e00 1bff3e00 1cff6f00 1dff9e00 1effc900 1fffec00 20f5ff00 2365ff00 243aef00 2517cd1d 2600a363 270074a2 "
     "280043d7 290013fe 2a0d00ff 2b2e00ff 2c5700ff 2d8600e9 2eb700b9 2fe7007e 30ff003a 31ff0000 32ff0000 33ff2a00 "
     "35ff8c00 36ffb900 37ffdf00 38fffc00 39d9ff00 3b78ff00 3c4bf900 3d24dc00 3e06b547 3f00878a 400057c4 410026f0 "
     "420300ff 432000ff 444600ff 457300f8 46a300ce 47d40097 48ff0056 49ff000f 4aff0000 4bff1700 4dff7900 4effa700 "
     "4fffd000 50fff100 51ecff00 545cff00 5532e900 5611c52b 57009a70 58006bae 590039e0 5a000aff 5b1300ff 5c3600ff "
     "5d6000ff 5e8f00e1 5fc100af 60f00071 61ff002c 62ff0000 63ff0500 64ff3400 66ff9500 67ffc100 68ffe500 69ffff00 "
     "6c6fff00 6d42f400 6e1dd50e 6f01ac55 70007e96 71004dcd 72001df7 730800ff 742700ff 754e00ff 767c00f1 77ad00c4 "
     "78dd008b 79ff0048 7aff0001 7bff0000 7cff2100 7eff8200 7fffb000 80ffd700 81fff700 82e3ff00 8482ff00 8554fe00 "
     "862be300 870bbd39 8800917d 890061b9 8a0030e8 8b0001ff 8c1900ff 8d3e00ff 8e6900fe 8f9900d8 90ca00a3 91f90064 "
     "92ff001e 93ff0000 94ff0e00 97ff9e00 98ffc800 99ffeb00 9af6ff00 9d66ff00 9e3bef00 9f17cd1c a000a462 a10075a2 "
     "a20044d7 a30014fe a40d00ff a52e00ff a65700ff a78600e9 a8b700ba a9e7007e aaff003a abff0000 acff0000 adff2a00 "
     "afff8b00 b0ffb800 b1ffde00 b2fffb00 b3daff00 b578ff00 b64bfa00 b724dc00 b806b546 b9008889 ba0057c3 bb0027f0 "
     "bc0300ff bd2000ff be4600ff bf7200f8 c0a300cf c1d40097 c2ff0056 c3ff0010 c4ff0000 c5ff1700 c7ff7800 c8ffa700 "
     "c9ffd000 cafff100 cbedff00 cd8cff00 ce5dff00 cf33e900 d011c62a d1009b6f d2006bad d3003ae0 d4000bff d51300ff "
     "d63500ff d76000ff d88f00e1 d9c000af daf00071 dbff002c dcff0000 ddff0500 deff3300 e0ff9400 e1ffc000 e2ffe500 "
     "e3ffff00 e4d0ff00 e66fff00 e743f500 e81dd50d e901ad54 ea007f95 eb004ecd ec001df7 ed0800ff ee2600ff ef4e00ff "
     "f07c00f1 f1ac00c5 f2dd008b f3ff0049 f4ff0001 f5ff0000 f6ff2000 f8ff8200 f9ffaf00 faffd700 fbfff600 fce4ff00 "
     "fe82ff00 ff54ff00"},
    {"other", "rainbow",
     "008000ff 165444fd 283079f7 3810a2f0 4000b5eb 5021d5e1 5f3febd5 6c59f8c9 7b77ffb9 8a94fda8 95abf69b a1c3ea8c "
     "b0e1d377 bfffb562 d0ff8c49 e2ff592d fbff0d06 ffff0000"},
};

constexpr std::pair<std::string_view, std::string_view> kSecondNames[] = {
    {"grey", "gray"}, {"grays", "greys"}, {"gist_grey", "gist_gray"}, {"gist_yerg", "gist_yarg"}};

struct Point {
    unsigned at = 0;
    Rgba color = 0;
};

Point point_at(std::string_view word) {
    unsigned place = 0;
    std::from_chars(word.data(), word.data() + 2, place, 16);
    return {place, parse_hex(word.substr(2, 6)).value_or(0)};
}

} // namespace

std::span<const Ramp> ramps() {
    return kRamps;
}

const Ramp* find_ramp(std::string_view name) {
    std::string wanted = lower_case(name);
    for (const auto& [second, first] : kSecondNames)
        if (wanted == second)
            wanted = first;
    const auto* const found =
        std::ranges::find_if(kRamps, [&](const Ramp& ramp) { return lower_case(ramp.name) == wanted; });
    return found == std::end(kRamps) ? nullptr : found;
}

std::array<Rgba, 256> colors_of(const Ramp& ramp) {
    constexpr std::size_t kWord = 9; // with the blank behind it
    std::array<Rgba, 256> colors{};
    Point from = point_at(ramp.points);
    for (std::size_t next = kWord; next < ramp.points.size(); next += kWord) {
        const Point to = point_at(ramp.points.substr(next));
        const double span = to.at - from.at;
        for (unsigned i = from.at; i <= to.at; ++i)
            colors[i] = blend(from.color, to.color, (i - from.at) / span);
        from = to;
    }
    return colors;
}

} // namespace landfall::imagery
