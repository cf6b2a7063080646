fn main(){ let h=lotse_viewer::ViewerHost::new(lotse_viewer::ViewerConfig{display:None,bare:Some("200x100+40+30".parse().unwrap()),title:String::new()}, std::sync::Arc::new(|s,i| println!("{s} {i:?}"))).unwrap();
 use lotse_engine::surface::SurfaceHost; let mut s=h.open(1).unwrap(); s.resize(200,100).unwrap(); std::thread::sleep(std::time::Duration::from_secs(4)); drop(s);}
